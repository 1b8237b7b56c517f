//! Reads whole messages with the leaves of the library, as its spine does, and
//! writes down what was found in the words of the corpus.

use std::collections::BTreeMap;
use std::fmt::Debug;

use http::{HeaderMap, Method, StatusCode, Version};
use step1_http_basics::chunked::{ChunkedError, Decoded, Decoder};
use step1_http_basics::framing::{self, Framing};
use step1_http_basics::limits::Limits;
use step1_http_basics::parse::{self, RequestHead, ResponseHead};
use step1_http_basics::target::RequestTarget;

use super::corpus::{self, Text, ValidRequest, ValidResponse};

/// What some bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome<M> {
    /// The beginning of a message.
    Incomplete,
    /// A message, and how many bytes it takes.
    Complete(M, usize),
    /// No message, and never one.
    Refused { status: u16, reason: String },
}

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

/// Whether more bytes may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    Open,
    Closed,
}

/// Reads one request from the front of `input`.
pub(crate) fn read_request(input: &[u8], limits: &Limits) -> Outcome<Request> {
    let (head, length) = match parse::request_head(input, limits) {
        Ok(Some(found)) => found,
        Ok(None) => return Outcome::Incomplete,
        Err(error) => return refused(error.status(), "", error),
    };
    let framing = match framing::of_request(head.version, &head.fields) {
        Ok(framing) => framing,
        Err(error) => return refused(error.status(), "", error),
    };
    read_content(framing, &input[length..], Input::Open, limits)
        .map(|content| Request::new(&head, &content.bytes, &content.trailers), length)
}

/// Reads one response to a request with `method`, interim ones before it.
pub(crate) fn read_response(
    input: &[u8],
    method: &Method,
    open: Input,
    limits: &Limits,
) -> Outcome<Response> {
    let mut interim = Vec::new();
    let mut at = 0;
    let head = loop {
        let (head, length) = match parse::response_head(&input[at..], limits) {
            Ok(Some(found)) => found,
            Ok(None) => return Outcome::Incomplete,
            Err(error) => return refused(error.status(), "", error),
        };
        at += length;
        if !head.status.is_informational() {
            break head;
        }
        interim.push((head.status.as_u16(), head.reason, fields(&head.fields)));
    };
    let framing = match framing::of_response(method, head.status, head.version, &head.fields) {
        Ok(framing) => framing,
        Err(error) => return refused(error.status(), "", error),
    };
    read_content(framing, &input[at..], open, limits).map(
        |content| Response::new(&head, interim, framing, &content.bytes, &content.trailers),
        at,
    )
}

struct Content {
    bytes: Vec<u8>,
    trailers: HeaderMap,
}

fn read_content(framing: Framing, input: &[u8], open: Input, limits: &Limits) -> Outcome<Content> {
    let counted = |length: usize| match input.get(..length) {
        Some(bytes) => {
            Outcome::Complete(Content { bytes: bytes.to_vec(), trailers: HeaderMap::new() }, length)
        }
        None => Outcome::Incomplete,
    };
    match framing {
        Framing::None => counted(0),
        Framing::Length(length) if length > limits.content => too_large(),
        Framing::Length(length) => counted(usize::try_from(length).expect("under the limit")),
        Framing::UntilClose if open == Input::Closed => counted(input.len()),
        Framing::UntilClose => Outcome::Incomplete,
        Framing::Chunked => decode([input], limits).map(|content| content, 0),
    }
}

/// Decodes chunks that arrive in `pieces`.
fn decode<'i>(pieces: impl IntoIterator<Item = &'i [u8]>, limits: &Limits) -> Outcome<Content> {
    let mut decoder = Decoder::new();
    let (mut unread, mut used, mut bytes) = (Vec::new(), 0, Vec::new());
    for piece in pieces {
        unread.extend_from_slice(piece);
        loop {
            let (length, decoded) = match decoder.decode(&unread) {
                Ok(found) => found,
                Err(error) => return refused_chunks(error),
            };
            match decoded {
                Decoded::Data(data) => bytes.extend_from_slice(data),
                Decoded::Incomplete | Decoded::End => {}
            }
            if (bytes.len() as u64).saturating_add(decoder.announced()) > limits.content {
                return too_large();
            }
            let over = decoded == Decoded::End;
            let waits = decoded == Decoded::Incomplete;
            unread.drain(..length);
            used += length;
            if over {
                let trailers = decoder.trailers().clone();
                return Outcome::Complete(Content { bytes, trailers }, used);
            }
            if waits {
                break;
            }
        }
    }
    Outcome::Incomplete
}

/// The same as [`read_request`], for content that arrives in two pieces, cut
/// `at` bytes behind the head, or (`None`) byte by byte.
pub(crate) fn read_chunked_in_pieces(
    input: &[u8],
    at: Option<usize>,
    limits: &Limits,
) -> Outcome<Request> {
    let Ok(Some((head, length))) = parse::request_head(input, limits) else {
        panic!("the head of a message with chunks is complete");
    };
    let chunks = &input[length..];
    match at {
        Some(at) => decode([&chunks[..at], &chunks[at..]], limits),
        None => decode(chunks.chunks(1), limits),
    }
    .map(|content| Request::new(&head, &content.bytes, &content.trailers), length)
}

impl<M> Outcome<M> {
    fn map<N>(self, make: impl FnOnce(M) -> N, before: usize) -> Outcome<N> {
        match self {
            Outcome::Incomplete => Outcome::Incomplete,
            Outcome::Complete(found, length) => Outcome::Complete(make(found), before + length),
            Outcome::Refused { status, reason } => Outcome::Refused { status, reason },
        }
    }
}

fn too_large<M>() -> Outcome<M> {
    Outcome::Refused { status: 413, reason: "content-too-large".to_owned() }
}

fn refused_chunks<M>(error: ChunkedError) -> Outcome<M> {
    refused(StatusCode::BAD_REQUEST, "chunk-", error)
}

fn refused<M>(status: StatusCode, kind: &str, error: impl Debug) -> Outcome<M> {
    Outcome::Refused { status: status.as_u16(), reason: format!("{kind}{}", keyword(&error)) }
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
