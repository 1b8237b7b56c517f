//! The seam between the server and what it serves.
//!
//! Chapter 2 · RFC 9110 §3, §6
//!
//! *Strategy*: a handler is a function from a request to a response. It does
//! not write: it returns a response whose body says what it is (nothing, bytes,
//! a file, a stream), and the spine decides how to move it. So the same handler
//! runs one connection at a time, on a thread each, or on an event loop.
//!
//! ```
//! use step1_http_basics::handler::{Handler, Request, Response};
//!
//! let hello = |request: &mut Request<'_>| {
//!     Response::text(http::StatusCode::OK, format!("You asked for {}\n", request.head.target.path()))
//! };
//! fn takes_a_handler(_: &impl Handler) {}
//! takes_a_handler(&hello);
//! ```

use std::fs::File;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

use crate::framing::Framing;
use crate::parse::RequestHead;
use crate::presence::Presence;
use crate::wire::retry;

// ANCHOR: handler
/// What answers requests. Every function from a request to a response is one.
pub trait Handler: Send + Sync {
    /// Answers one request.
    fn handle(&self, request: &mut Request<'_>) -> Response;
}

impl<F> Handler for F
where
    F: Fn(&mut Request<'_>) -> Response + Send + Sync,
{
    fn handle(&self, request: &mut Request<'_>) -> Response {
        self(request)
    }
}
// ANCHOR_END: handler

/// Calls a handler. One that panics answers 500, and the connection closes: one
/// bad request must not end the others.
pub fn call(handler: &dyn Handler, request: &mut Request<'_>) -> Response {
    catch_unwind(AssertUnwindSafe(|| handler.handle(request))).unwrap_or_else(|_| {
        let head = &request.head;
        log::error!("the handler panicked at {} {}", head.method, head.target.path());
        Response::text(StatusCode::INTERNAL_SERVER_ERROR, "500 Internal Server Error\n")
            .field(CONNECTION, HeaderValue::from_static("close"))
    })
}

/// Reads on in a stream that a handler has returned. One that panics has failed: it
/// may cost its own answer, and no other.
///
/// # Errors
/// When the stream fails or panics.
pub fn read(stream: &mut dyn Read, piece: &mut [u8]) -> io::Result<usize> {
    // A length that cannot be is found in here as well.
    let mut read = || stream.read(piece).map(|length| piece[..length].len());
    retry(|| {
        catch_unwind(AssertUnwindSafe(&mut read)).unwrap_or_else(|_| {
            log::error!("what makes the content of a response panicked");
            Err(io::Error::other("what makes the content panicked"))
        })
    })
}

/// Drops what a handler has made, which may run code of its own, and panic.
pub fn drop_contained(made: impl Send) {
    if catch_unwind(AssertUnwindSafe(|| drop(made))).is_err() {
        log::error!("an application panicked when its response was closed");
    }
}

/// A request whose head has come whole and whose content may still be coming.
pub struct Request<'c> {
    /// Method, target, version, fields.
    pub head: RequestHead,
    /// The very bytes of the head, as they came.
    pub raw_head: &'c [u8],
    /// How the end of the content is found.
    pub framing: Framing,
    /// The content. Reading it is what lets a client that waits for
    /// `100 Continue` go on. What is left unread is thrown away afterwards.
    pub content: &'c mut dyn Read,
    /// The address of the other side, and of ours; `None` for Unix sockets.
    pub peer: Option<SocketAddr>,
    /// The address that the connection was made to.
    pub local: Option<SocketAddr>,
    /// Whether the client is still there, for a handler that takes long.
    pub presence: Presence,
}

/// A response: what a handler returns.
#[derive(Debug)]
pub struct Response {
    /// `200`, `404`, …
    pub status: StatusCode,
    /// The fields that the handler has something to say about. `Date`,
    /// `Server`, `Connection` and the framing are added by the spine.
    pub fields: HeaderMap,
    /// The content.
    pub body: Body,
}

// ANCHOR: body
/// The content of a response: it says what it is, not how it is sent.
pub enum Body {
    /// Nothing.
    Empty,
    /// Bytes in memory.
    Bytes(Bytes),
    /// These bytes of a file, which other responses may be sending too.
    File {
        /// Open for reading.
        file: Arc<File>,
        /// Which bytes; past the end of the file is an error when it is sent.
        range: Range<u64>,
    },
    /// Whatever can be read until it ends. Its length is unknown, unless the
    /// response has a `Content-Length`, which is then kept exactly.
    Stream(Box<dyn Read + Send>),
}
// ANCHOR_END: body

impl Body {
    /// The number of bytes, if it is known before they are sent.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match self {
            Body::Empty => Some(0),
            Body::Bytes(bytes) => Some(bytes.len() as u64),
            Body::File { range, .. } => Some(range.end.saturating_sub(range.start)),
            Body::Stream(_) => None,
        }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Body::Empty => f.write_str("Empty"),
            Body::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Body::File { range, .. } => write!(f, "File({range:?})"),
            Body::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl Response {
    /// A response without content.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        // Room for the fields of most responses.
        Response { status, fields: HeaderMap::with_capacity(6), body: Body::Empty }
    }

    /// A response with this media type and content.
    #[must_use]
    pub fn with_content(
        status: StatusCode,
        media_type: &'static str,
        content: impl Into<Bytes>,
    ) -> Self {
        Response { body: Body::Bytes(content.into()), ..Self::new(status) }
            .field(CONTENT_TYPE, HeaderValue::from_static(media_type))
    }

    /// Plain text in UTF-8.
    #[must_use]
    pub fn text(status: StatusCode, text: impl Into<Bytes>) -> Self {
        Self::with_content(status, "text/plain; charset=utf-8", text)
    }

    /// A page of HTML in UTF-8.
    #[must_use]
    pub fn html(status: StatusCode, page: impl Into<Bytes>) -> Self {
        Self::with_content(status, "text/html; charset=utf-8", page)
    }

    /// The same response with a field more, in place of one of the same name.
    #[must_use]
    pub fn field(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.fields.insert(name, value);
        self
    }
}
