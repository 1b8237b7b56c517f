//! Reads the corpus: `tests/wire/*/index.toml` and the files beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A file of the corpus with what its index says about it.
pub(crate) struct Message<E> {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: E,
}

/// What every entry of an index has.
#[derive(Debug, Deserialize)]
struct Entry {
    file: String,
    section: String,
    why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidRequest {
    file: String,
    section: String,
    why: String,
    pub(crate) method: String,
    pub(crate) target: Text,
    pub(crate) form: String,
    pub(crate) authority: Option<String>,
    pub(crate) path: Text,
    pub(crate) query: Option<Text>,
    pub(crate) version: String,
    pub(crate) fields: Vec<(Text, Text)>,
    pub(crate) content: Text,
    #[serde(default)]
    pub(crate) trailers: Vec<(Text, Text)>,
    pub(crate) keep_alive: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvalidRequest {
    file: String,
    section: String,
    why: String,
    pub(crate) status: u16,
    pub(crate) reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidResponse {
    file: String,
    section: String,
    why: String,
    pub(crate) request_method: String,
    #[serde(default)]
    pub(crate) interim: Vec<Interim>,
    pub(crate) version: String,
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) fields: Vec<(Text, Text)>,
    pub(crate) content: Text,
    pub(crate) end: String,
    #[serde(default)]
    pub(crate) trailers: Vec<(Text, Text)>,
    pub(crate) keep_alive: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interim {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) fields: Vec<(Text, Text)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvalidResponse {
    file: String,
    section: String,
    why: String,
    pub(crate) request_method: String,
    pub(crate) error: String,
}

/// Text that may be written in parts; each of its characters is one byte.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Text {
    Whole(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Once(String),
    Repeated { repeat: String, times: usize },
}

impl Text {
    pub(crate) fn text(&self) -> String {
        match self {
            Text::Whole(text) => text.clone(),
            Text::Parts(parts) => parts.iter().map(Part::text).collect(),
        }
    }
}

impl Part {
    fn text(&self) -> String {
        match self {
            Part::Once(text) => text.clone(),
            Part::Repeated { repeat, times } => repeat.repeat(*times),
        }
    }
}

#[derive(Deserialize)]
struct Index<E> {
    message: Vec<E>,
}

/// The messages of one folder, in the order of its index. That files and index
/// belong together, and that each entry teaches something, is checked here.
#[track_caller]
pub(crate) fn load<E: DeserializeOwned>(folder: &str) -> Vec<Message<E>> {
    // Step 5 reads it too.
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../step1-http-basics/tests/wire").join(folder);
    let index = folder.join("index.toml");
    let text =
        fs::read_to_string(&index).unwrap_or_else(|error| panic!("{}: {error}", index.display()));
    let entries: Vec<Entry> = parse(&index, &text);
    for entry in &entries {
        let words = entry.why.split(' ').count();
        assert!(words >= 3 && entry.why.ends_with('.'), "{}: `why` is no sentence", entry.file);
        assert!(is_section(&entry.section), "{}: section {:?}", entry.file, entry.section);
    }
    let listed: BTreeSet<_> = entries.iter().map(|entry| entry.file.clone()).collect();
    assert_eq!(listed.len(), entries.len(), "{}: a file has two entries", index.display());
    assert_eq!(listed, files_in(&folder), "{}: files and index differ", folder.display());
    let expected: Vec<E> = parse(&index, &text);
    let message = |(entry, expected): (Entry, E)| Message {
        bytes: fs::read(folder.join(&entry.file)).expect("it was listed a moment ago"),
        name: entry.file,
        expected,
    };
    entries.into_iter().zip(expected).map(message).collect()
}

#[track_caller]
fn parse<E: DeserializeOwned>(path: &Path, text: &str) -> Vec<E> {
    toml::from_str::<Index<E>>(text)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .message
}

fn files_in(folder: &PathBuf) -> BTreeSet<String> {
    let names = fs::read_dir(folder).expect("the folder has an index").map(|entry| {
        entry.expect("a folder entry").file_name().into_string().expect("an ASCII name")
    });
    names.filter(|name| name.ends_with(".http")).collect()
}

/// `RFC 9112 §6.1`, `RFC 9112 §C.2.2`.
fn is_section(text: &str) -> bool {
    let Some((number, section)) = text.strip_prefix("RFC ").and_then(|rest| rest.split_once(" §"))
    else {
        return false;
    };
    let parts = section
        .split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    number.parse::<u16>().is_ok() && parts
}
