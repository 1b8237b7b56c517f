//! Reads whole messages with the leaves of the library, as its spine does.

use std::fmt::Debug;

use http::{HeaderMap, Method, StatusCode};
use step1_http_basics::chunked::{ChunkedError, Decoded, Decoder};
use step1_http_basics::framing::{self, Framing};
use step1_http_basics::limits::Limits;
use step1_http_basics::parse;

use super::words::{Request, Response, fields, keyword};

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
