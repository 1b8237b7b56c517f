//! Why a request gets no answer of a handler, and what it gets instead.
//!
//! Chapter 2 · RFC 9110 §15.5

use std::fmt;
use std::io;

use http::StatusCode;

use crate::chunked::ChunkedError;
use crate::framing::FramingError;
use crate::head_error::HeadError;
use crate::limits::Limits;
use crate::wire::timed_out;

/// Everything that can be wrong with a request before a handler is done with
/// it. After each of them the connection is closed: where the next request
/// would begin is not known for sure.
#[derive(Debug)]
pub enum RequestError {
    /// The head is none.
    Head(HeadError),
    /// Where it ends cannot be told.
    Framing(FramingError),
    /// Its content is not made of chunks, but says so.
    Chunked(ChunkedError),
    /// More content than [`Limits::content`](crate::limits::Limits::content).
    ContentTooLarge,
    /// An expectation other than `100-continue`.
    Expectation,
    /// The client ended its side in the middle of the request.
    Incomplete,
    /// The client took too long.
    TooSlow,
    /// The content came, but there is nowhere to keep it: the disk is full.
    NoSpace(io::Error),
    /// The connection broke; there is nobody to answer.
    Broken(io::Error),
}

impl RequestError {
    /// The status code to answer with; `None` if nobody would get it.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Head(error) => Some(error.status()),
            Self::Framing(error) => Some(error.status()),
            Self::Chunked(_) | Self::Incomplete => Some(StatusCode::BAD_REQUEST),
            Self::ContentTooLarge => Some(StatusCode::PAYLOAD_TOO_LARGE),
            Self::Expectation => Some(StatusCode::EXPECTATION_FAILED),
            Self::TooSlow => Some(StatusCode::REQUEST_TIMEOUT),
            Self::NoSpace(_) => Some(StatusCode::INSUFFICIENT_STORAGE),
            Self::Broken(_) => None,
        }
    }

    /// How many bytes that come after it are read and dropped, so that the client
    /// gets the answer: few of what is no HTTP, or never ends; all of content.
    #[must_use]
    pub fn bytes_to_drop(&self, limits: &Limits) -> u64 {
        match self {
            Self::ContentTooLarge | Self::Expectation | Self::NoSpace(_) => u64::MAX,
            _ => limits.drain,
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(error) => error.fmt(f),
            Self::Framing(error) => error.fmt(f),
            Self::Chunked(error) => error.fmt(f),
            Self::ContentTooLarge => {
                f.write_str("the content is larger than this server accepts (RFC 9110 §15.5.14)")
            }
            Self::Expectation => f.write_str(
                "the only expectation that can be met is 100-continue (RFC 9110 §10.1.1)",
            ),
            Self::Incomplete => {
                f.write_str("the connection was closed in the middle of the request (RFC 9112 §8)")
            }
            Self::TooSlow => f.write_str("the request took too long to arrive (RFC 9110 §15.5.9)"),
            // What exactly is wrong with our disk is not the client's business.
            Self::NoSpace(_) => {
                f.write_str("the server cannot keep this content now (RFC 4918 §11.5)")
            }
            Self::Broken(error) => write!(f, "the connection broke: {error}"),
        }
    }
}

impl std::error::Error for RequestError {}

impl From<HeadError> for RequestError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

impl From<FramingError> for RequestError {
    fn from(error: FramingError) -> Self {
        Self::Framing(error)
    }
}

impl From<ChunkedError> for RequestError {
    fn from(error: ChunkedError) -> Self {
        Self::Chunked(error)
    }
}

impl From<io::Error> for RequestError {
    fn from(error: io::Error) -> Self {
        if timed_out(&error) { Self::TooSlow } else { Self::Broken(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_is_wrong_and_where_that_stands() {
        let errors = [
            RequestError::Head(HeadError::BareLineFeed),
            RequestError::Framing(FramingError::BothLengths),
            RequestError::Chunked(ChunkedError::Size),
            RequestError::ContentTooLarge,
            RequestError::Expectation,
            RequestError::Incomplete,
            RequestError::TooSlow,
        ];
        for error in errors {
            let (text, status) = (error.to_string(), error.status().unwrap());
            assert!(text.contains(" (RFC ") && text.ends_with(')'), "{text}");
            assert!(status.is_client_error(), "{status}");
        }
    }
}
