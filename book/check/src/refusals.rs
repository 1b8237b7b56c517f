//! The list of what is refused, from the wire corpus of step 1.
//!
//! *Strategy*: each reason for a refusal stands in the list once, with one message of the corpus
//! that has it: the row of the x-ray that is wrong, the sentence of the index, and how many
//! messages of the corpus have the same reason. A reason that no row shows is an error, so the page
//! stays whole when the corpus grows.

use std::collections::BTreeMap;

use step1_http_basics::xray::{self, Annotated, Section, Span};

use crate::workspace;

/// The list, as seen from the workspace.
pub const FILE: &str = "book/figures/c2-refusals.md";

/// The corpus, as seen from the workspace.
const CORPUS: &str = "step1-http-basics/tests/wire/invalid";

/// The most bytes of a row that are shown.
const MOST: usize = 60;

/// The rows by subject: messages of the corpus, without `.http`.
const ROWS: &[(&str, &[&str])] = &[
    (
        "The request line",
        &[
            "two-spaces-before-target",
            "tab-before-target",
            "target-utf-8",
            "target-fragment",
            "target-asterisk-with-get",
            "absolute-form-userinfo",
            "version-2-0",
            "method-too-long",
            "target-too-long",
        ],
    ),
    (
        "Line ends",
        &["line-feed-after-field", "carriage-return-in-value", "field-folded-with-space"],
    ),
    (
        "Fields",
        &[
            "field-hidden-transfer-encoding",
            "field-without-colon",
            "field-name-empty",
            "field-name-with-parenthesis",
            "field-value-with-nul",
            "fields-too-many",
            "fields-too-large",
        ],
    ),
    ("Host", &["host-missing", "host-twice-different", "host-with-path"]),
    (
        "The length of the content",
        &[
            "length-and-transfer-encoding",
            "length-twice-different",
            "length-plus-sign",
            "length-over-64-bits",
            "length-of-one-byte-over-the-limit",
            "coding-chunked-not-last",
            "coding-gzip-chunked",
            "coding-in-1-0",
        ],
    ),
    (
        "Chunks",
        &[
            "chunked-size-with-0x",
            "chunked-size-over-64-bits",
            "chunked-line-feed-after-size",
            "chunked-extension-without-name",
            "chunked-extensions-too-many",
            "chunked-data-too-long",
            "chunked-trailer-without-colon",
        ],
    ),
    ("Others", &["expect-unknown", "not-http-tls-hello"]),
];

/// An entry of the corpus's index.
struct Entry {
    section: String,
    why: String,
    status: i64,
    reason: String,
}

/// The list as Markdown.
///
/// # Errors
/// When a message is not in the corpus, or a reason is in no row.
pub fn markdown() -> Result<String, String> {
    let index = index()?;
    let mut messages: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in index.values() {
        *messages.entry(family(&entry.reason)).or_default() += 1;
    }
    let total = index.len();
    let mut page = format!(
        "<!-- Written by `UPDATE=1 cargo test -p check` from {CORPUS}/index.toml. -->\n\n\
         The corpus holds {total} messages that are refused.\n\
         Each row is the part of one of them that is wrong, with the answer, and with the number of messages that are refused for the same reason.\n"
    );
    for (subject, files) in ROWS {
        let mut rows = Rows::default();
        for file in *files {
            let entry = index.get(*file).ok_or(format!("{CORPUS}: no {file}.http"))?;
            let count = messages
                .remove(family(&entry.reason))
                .ok_or(format!("{file}: an earlier row has the reason `{}` too", entry.reason))?;
            rows.add(file, entry, count)?;
        }
        let id = subject.to_lowercase().replace(' ', "-");
        let annotated = Annotated { bytes: &rows.bytes, spans: rows.spans };
        let html = xray::html_fragment(&annotated);
        page.push_str(&format!("\n### {subject} {{#refused-{id}}}\n\n{html}"));
    }
    match messages.keys().next() {
        Some(reason) => Err(format!("{FILE}: no row shows the reason `{reason}`; add one to ROWS")),
        None => Ok(page),
    }
}

/// Rows of several messages, as if they were one.
#[derive(Default)]
struct Rows {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl Rows {
    /// Adds the row of a message that is wrong.
    fn add(&mut self, file: &str, entry: &Entry, count: usize) -> Result<(), String> {
        let path = workspace::root().join(CORPUS).join(file).with_extension("http");
        let message = std::fs::read(&path).map_err(|error| format!("{file}: {error}"))?;
        let annotated = xray::request(&message);
        let is_wrong = |row: &&[Span]| row.iter().any(|span| span.fault.is_some());
        // An expectation is written as it should be; what it says cannot be met.
        let is_expect = |row: &&[Span]| {
            row.first().is_some_and(|name| annotated.bytes_of(name).eq_ignore_ascii_case(b"Expect"))
        };
        let row = annotated.rows().find(is_wrong).or_else(|| annotated.rows().find(is_expect));
        let row = row.ok_or(format!("{file}: no part of it is wrong"))?;
        let mut room = MOST;
        for (at, span) in row.iter().enumerate() {
            let bytes = annotated.bytes_of(span);
            let bytes = &bytes[..bytes.len().min(room)];
            if bytes.is_empty() {
                continue;
            }
            room -= bytes.len();
            let start = self.bytes.len();
            self.bytes.extend_from_slice(bytes);
            let mut span =
                Span { range: start..self.bytes.len(), note: None, fault: None, ..span.clone() };
            if at == 0 {
                let like_it = if count == 1 { "1 message" } else { &format!("{count} messages") };
                span = span
                    .with_note(format!("{} Answer {}; {like_it}.", entry.why, entry.status))
                    .with_section(section(&entry.section)?);
            }
            self.spans.push(span);
        }
        Ok(())
    }
}

/// Reasons that differ only in which rule a trailer field breaks are one row.
fn family(reason: &str) -> &str {
    if reason.starts_with("chunk-trailer-") { "chunk-trailer" } else { reason }
}

fn index() -> Result<BTreeMap<String, Entry>, String> {
    let file = workspace::root().join(CORPUS).join("index.toml");
    let table: toml::Table =
        workspace::read(&file)?.parse().map_err(|error| format!("{}: {error}", file.display()))?;
    let messages = table.get("message").and_then(toml::Value::as_array);
    let entry = |value: &toml::Value| {
        let text = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
        let name = text("file")?.strip_suffix(".http")?.to_owned();
        let status = value.get("status")?.as_integer()?;
        let (section, why, reason) = (text("section")?, text("why")?, text("reason")?);
        Some((name, Entry { section, why, status, reason }))
    };
    let entries = messages.ok_or(format!("{CORPUS}/index.toml: no [[message]]"))?.iter().map(entry);
    entries.collect::<Option<_>>().ok_or(format!("{CORPUS}/index.toml: an entry lacks a key"))
}

/// `RFC 9112 §6.3`, as the x-ray writes it.
fn section(text: &str) -> Result<Section, String> {
    let parts = text.strip_prefix("RFC ").and_then(|rest| rest.split_once(" §"));
    let section = parts.and_then(|(rfc, number)| {
        // The x-ray's own sections live as long as the program; these few may too.
        Some(Section::Rfc(rfc.parse().ok()?, number.to_owned().leak()))
    });
    section.ok_or(format!("`{text}` is not like `RFC 9112 §6.3`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_read() {
        assert_eq!(section("RFC 3986 §2.1").unwrap(), Section::Rfc(3986, "2.1"));
        assert!(section("2.1").is_err());
    }

    #[test]
    fn the_part_that_is_wrong_is_shown() {
        let entry = Entry {
            section: "RFC 9112 §11.2".to_owned(),
            why: "Why.".to_owned(),
            status: 400,
            reason: "whitespace-before-colon".to_owned(),
        };
        let mut rows = Rows::default();
        rows.add("field-hidden-transfer-encoding", &entry, 5).unwrap();
        rows.add("target-too-long", &entry, 1).unwrap();
        assert!(rows.bytes.starts_with(b"Transfer-Encoding : chunked\r\n/aaaa"));
        assert!(rows.bytes.len() < 2 * MOST);
        let annotated = Annotated { bytes: &rows.bytes, spans: rows.spans };
        assert_eq!(annotated.spans[0].note.as_deref(), Some("Why. Answer 400; 5 messages."));
        assert_eq!(annotated.spans[0].section.to_string(), "RFC 9112 §11.2");
        assert_eq!(annotated.rows().count(), 2);
    }
}
