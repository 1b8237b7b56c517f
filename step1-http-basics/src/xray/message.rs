//! The spans of whole messages: a head, and content as its framing says.

use http::{Method, StatusCode};

use super::scanner::Scanner;
use super::{Annotated, Part, grouped};
use crate::decisions::expects_continue;
use crate::error::RequestError;
use crate::framing::{self, Framing, FramingError};
use crate::limits::Limits;

/// Names the parts of a request. Bytes after it are one span, as they may be
/// the next request of a pipeline.
///
/// ```
/// use step1_http_basics::xray;
///
/// let annotated = xray::request(b"GET / HTTP/1.1\n");
/// assert!(annotated.fault().unwrap().starts_with("a line ends with LF alone"));
/// ```
#[must_use]
pub fn request(bytes: &[u8]) -> Annotated<'_> {
    let mut scanner = Scanner::new(bytes);
    scanner.most_content = Limits::default().content;
    if let Some(head) = scanner.request_head() {
        match expects_continue(head.version, &head.fields) {
            Ok(_) => scanner.content(0, framing::of_request(head.version, &head.fields)),
            Err(error) => scanner.blame_field(0, &["expect"], error.to_string()),
        }
    }
    scanner.finish()
}

/// Names the parts of the head of a request, for who has its content in hand
/// already, without what framed it. What follows the head is not looked at.
#[must_use]
pub fn request_head(bytes: &[u8]) -> Annotated<'_> {
    let mut scanner = Scanner::new(bytes);
    if scanner.request_head().is_some() {
        scanner.note_last("the head ends");
    }
    scanner.finish()
}

/// Names the parts of the head of a response, for who receives its content
/// otherwise. What follows the head is not looked at.
#[must_use]
pub fn response_head(bytes: &[u8]) -> Annotated<'_> {
    let mut scanner = Scanner::new(bytes);
    if scanner.response_head().is_some() {
        scanner.note_last("the head ends");
    }
    scanner.finish()
}

/// Names the parts of the response to a request with this method, and of the
/// interim responses that came before it.
///
/// ```
/// use http::Method;
/// use step1_http_basics::xray::{self, Part};
///
/// let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
/// let annotated = xray::response(&Method::GET, bytes);
/// let data = annotated.spans.iter().find(|span| span.part == Part::ChunkData).unwrap();
/// assert_eq!(annotated.bytes_of(data), b"hi");
/// ```
#[must_use]
pub fn response<'b>(to: &Method, bytes: &'b [u8]) -> Annotated<'b> {
    let mut scanner = Scanner::new(bytes);
    loop {
        let first = scanner.spans.len();
        let Some(head) = scanner.response_head() else { break };
        if head.status == StatusCode::SWITCHING_PROTOCOLS {
            scanner.note_last("the head ends, then the other protocol");
            break;
        }
        if !head.status.is_informational() {
            let framing = framing::of_response(to, head.status, head.version, &head.fields);
            scanner.content(first, framing);
            break;
        }
        scanner.note_last("the interim response ends, then another");
        if scanner.left().is_empty() {
            scanner.blame_last("incomplete: the final response has not come");
        }
    }
    scanner.finish()
}

impl Scanner<'_> {
    /// Takes the content of the message whose head began with the span `first`.
    fn content(&mut self, first: usize, framing: Result<Framing, FramingError>) {
        let came = self.left().len() as u64;
        match framing {
            Err(error) => {
                let names = ["content-length", "transfer-encoding"];
                self.blame_field(first, &names, error.to_string());
            }
            Ok(Framing::Length(length)) if length > self.most_content => {
                self.blame_field(
                    first,
                    &["content-length"],
                    RequestError::ContentTooLarge.to_string(),
                );
            }
            Ok(Framing::None) => {
                self.note_last("the head ends, no content");
                self.rest = Part::NextMessage;
            }
            Ok(Framing::Length(length)) => {
                self.note_last(format!("the head ends, then {} of content", bytes(length)));
                // What is not there cannot be taken.
                self.take_noted(
                    usize::try_from(length).unwrap_or(usize::MAX),
                    Part::Content,
                    bytes(length),
                );
                if came < length {
                    let lengths = format!("{} of {} are here", grouped(came), bytes(length));
                    self.blame_last(format!("incomplete: {lengths}"));
                }
                self.rest = Part::NextMessage;
            }
            Ok(Framing::UntilClose) => {
                self.note_last("the head ends, then content until the connection closes");
                self.take_noted(
                    self.left().len(),
                    Part::Content,
                    format!("{}, up to the end of the connection", bytes(came)),
                );
            }
            Ok(Framing::Chunked) => {
                self.note_last("the head ends, then content in chunks");
                self.chunks();
            }
        }
    }

    /// Says at the last field with one of these names that it is wrong.
    fn blame_field(&mut self, first: usize, names: &[&str], fault: String) {
        let field = self.last_field(first, names).unwrap_or(first);
        self.blame(field, fault);
    }

    fn note_last(&mut self, note: impl Into<std::borrow::Cow<'static, str>>) {
        if let Some(span) = self.spans.last_mut() {
            span.note = Some(note.into());
        }
    }
}

/// `1 byte`, `2 bytes`, `1,000 bytes`
pub(super) fn bytes(count: u64) -> String {
    format!("{} byte{}", grouped(count), if count == 1 { "" } else { "s" })
}
