//! Messages in the words of the corpus: what an index expects, and what was
//! found, so that the two can be compared.

use std::collections::BTreeMap;
use std::fmt::Debug;

use http::{HeaderMap, Version};
use step1_http_basics::framing::{self, Framing};
use step1_http_basics::parse::{RequestHead, ResponseHead};
use step1_http_basics::target::RequestTarget;

use super::corpus::{self, Text, ValidRequest, ValidResponse};

/// Field values by name; each character is a byte.
pub(crate) type Fields = BTreeMap<String, Vec<String>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) form: &'static str,
    pub(crate) authority: Option<String>,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) version: String,
    pub(crate) fields: Fields,
    pub(crate) content: String,
    pub(crate) trailers: Fields,
    pub(crate) keep_alive: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) interim: Vec<(u16, String, Fields)>,
    pub(crate) version: String,
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) fields: Fields,
    pub(crate) content: String,
    pub(crate) end: &'static str,
    pub(crate) trailers: Fields,
    pub(crate) keep_alive: bool,
}

impl Request {
    pub(crate) fn new(head: &RequestHead, content: &[u8], trailers: &HeaderMap) -> Self {
        Request {
            method: head.method.to_string(),
            form: match head.target {
                RequestTarget::Origin(_) => "origin",
                RequestTarget::Absolute { .. } => "absolute",
                RequestTarget::Authority(_) => "authority",
                RequestTarget::Asterisk => "asterisk",
            },
            authority: head.target.authority().map(str::to_owned),
            path: head.target.path().to_owned(),
            query: head.target.query().map(str::to_owned),
            version: version(head.version),
            fields: fields(&head.fields),
            content: latin1(content),
            trailers: fields(trailers),
            keep_alive: framing::is_persistent(head.version, &head.fields),
        }
    }

    /// What the index expects.
    pub(crate) fn expected(expected: &ValidRequest) -> Self {
        Request {
            method: expected.method.clone(),
            form: match expected.form.as_str() {
                "origin" => "origin",
                "absolute" => "absolute",
                "authority" => "authority",
                "asterisk" => "asterisk",
                other => panic!("no form of a request target: {other}"),
            },
            authority: expected.authority.clone(),
            path: expected.path.text(),
            query: expected.query.as_ref().map(Text::text),
            version: expected.version.clone(),
            fields: grouped(&expected.fields),
            content: expected.content.text(),
            trailers: grouped(&expected.trailers),
            keep_alive: expected.keep_alive,
        }
    }
}

impl Response {
    pub(crate) fn new(
        head: &ResponseHead,
        interim: Vec<(u16, String, Fields)>,
        framing: Framing,
        content: &[u8],
        trailers: &HeaderMap,
    ) -> Self {
        let persistent = framing::is_persistent(head.version, &head.fields);
        Response {
            interim,
            version: version(head.version),
            status: head.status.as_u16(),
            reason: head.reason.clone(),
            fields: fields(&head.fields),
            content: latin1(content),
            end: match framing {
                Framing::None => "none",
                Framing::Length(_) => "length",
                Framing::Chunked => "chunked",
                Framing::UntilClose => "close",
            },
            trailers: fields(trailers),
            keep_alive: persistent && framing != Framing::UntilClose,
        }
    }

    /// What the index expects.
    pub(crate) fn expected(expected: &ValidResponse) -> Self {
        let interim =
            |seen: &corpus::Interim| (seen.status, seen.reason.clone(), grouped(&seen.fields));
        Response {
            interim: expected.interim.iter().map(interim).collect(),
            version: expected.version.clone(),
            status: expected.status,
            reason: expected.reason.clone(),
            fields: grouped(&expected.fields),
            content: expected.content.text(),
            end: match expected.end.as_str() {
                "none" => "none",
                "length" => "length",
                "chunked" => "chunked",
                "close" => "close",
                other => panic!("no end of a response: {other}"),
            },
            trailers: grouped(&expected.trailers),
            keep_alive: expected.keep_alive,
        }
    }
}

pub(crate) fn fields(map: &HeaderMap) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in map {
        fields.entry(name.as_str().to_owned()).or_default().push(latin1(value.as_bytes()));
    }
    fields
}

fn grouped(pairs: &[(Text, Text)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in pairs {
        fields.entry(name.text()).or_default().push(value.text());
    }
    fields
}

/// One character a byte.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn version(version: Version) -> String {
    format!("{version:?}")
}

/// `Target(Byte(195))` as `target-byte`.
pub(crate) fn keyword(error: &impl Debug) -> String {
    let text = format!("{error:?}");
    let names = text.split(|c: char| !c.is_ascii_alphanumeric());
    let names = names.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
    let mut keyword = String::new();
    for letter in names.flat_map(str::chars) {
        if letter.is_ascii_uppercase() && !keyword.is_empty() {
            keyword.push('-');
        }
        keyword.push(letter.to_ascii_lowercase());
    }
    keyword
}
