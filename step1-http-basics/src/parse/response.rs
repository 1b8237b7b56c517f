//! From bytes to the head of a response, for a client.
//!
//! Chapter 2 · RFC 9112 §4
//!
//! *Strategy*: as for a request. A response differs in its first line, in that
//! no empty line may come before it, and in that servers once folded long values
//! over several lines.

use std::borrow::Cow;
use std::mem::MaybeUninit;

use http::{HeaderMap, StatusCode, Version};
use httparse::{Error, Status};

use super::{HeadError, append, as_http_11, lines_to_trust, version};
use crate::head_error::after_first_line;
use crate::limits::{Limits, MAX_FIELDS};

/// The head of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead {
    /// HTTP/1.0 or HTTP/1.1.
    pub version: Version,
    /// `200`, `404`, …; above 599 there are none, and such a number says what
    /// 500 says.
    /// [RFC 9110 §15](https://www.rfc-editor.org/rfc/rfc9110#section-15)
    pub status: StatusCode,
    /// What the server wrote after the status code; it carries no meaning.
    pub reason: String,
    /// The field lines.
    pub fields: HeaderMap,
}

/// Reads the head of a response, as [`request_head`](super::request_head) does that
/// of a request.
/// [RFC 9112 §4](https://www.rfc-editor.org/rfc/rfc9112#section-4)
///
/// # Errors
/// When no bytes that may still come could make this a response.
pub fn response_head(
    input: &[u8],
    limits: &Limits,
) -> Result<Option<(ResponseHead, usize)>, HeadError> {
    // Empty lines are passed over before a request, not before a response.
    if input.starts_with(b"\r\n") {
        return Err(HeadError::StatusLine);
    }
    let (visible, beyond) = lines_to_trust(input, Some(status_line_limit), limits);
    let mut slots = [const { MaybeUninit::uninit() }; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut []);
    let mut config = httparse::ParserConfig::default();
    config.allow_obsolete_multiline_headers_in_responses(true);
    let length = match config.parse_response_with_uninit_headers(&mut response, visible, &mut slots)
    {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return beyond.map_or(Ok(None), Err),
        Err(error) => {
            return match as_http_11(input, b"HTTP/1.2".len()) {
                Some(read_as) => response_head(&read_as, limits),
                None => Err(explain(error, visible)),
            };
        }
    };
    let status = StatusCode::from_u16(response.code.unwrap_or_default())
        .map_err(|_| HeadError::StatusLine)?;
    let mut fields = HeaderMap::with_capacity(response.headers.len());
    for field in response.headers.iter() {
        append(&mut fields, field.name, &unfold(field.value))?;
    }
    let head = ResponseHead {
        version: version(response.version),
        status,
        reason: response.reason.unwrap_or_default().to_owned(),
        fields,
    };
    Ok(Some((head, length)))
}

/// A status line is not longer than all fields may be.
fn status_line_limit(_: &[u8], limits: &Limits) -> (usize, HeadError) {
    (limits.fields, HeadError::StatusLine)
}

/// What is wrong with a response at which the parser stopped.
fn explain(error: Error, input: &[u8]) -> HeadError {
    match error {
        Error::Token | Error::Version | Error::Status | Error::NewLine => HeadError::StatusLine,
        error => HeadError::explain_fields(error, after_first_line(input)),
    }
}

/// A value that was folded over several lines, on one. Each fold is read as a
/// space.
/// [RFC 9112 §5.2](https://www.rfc-editor.org/rfc/rfc9112#section-5.2)
fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.contains(&b'\n') {
        return Cow::Borrowed(value);
    }
    let lines: Vec<_> = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    Cow::Owned(lines.join(&b' ').trim_ascii().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_head_is_a_status_and_fields() {
        let limits = Limits::default();
        let (head, length) =
            response_head(b"HTTP/1.1 404 Not Found\r\nA: 1\r\n\r\n", &limits).unwrap().unwrap();
        assert_eq!((head.status.as_u16(), head.reason.as_str(), length), (404, "Not Found", 32));
        assert_eq!(response_head(b"HTTP/1.1 200", &limits), Ok(None));
        assert_eq!(response_head(b"SSH-2.0-OpenSSH\r\n", &limits), Err(HeadError::StatusLine));
        assert_eq!(
            response_head(b"\r\nHTTP/1.1 200 OK\r\n\r\n", &limits),
            Err(HeadError::StatusLine)
        );
        assert_eq!(response_head(b"HTTP/1.1 099 x\r\n\r\n", &limits), Err(HeadError::StatusLine));
        // The line feed does not count.
        let long = |reason: usize| format!("HTTP/1.1 200 {}\r\n\r\n", "a".repeat(reason));
        let few = Limits { fields: 200, ..Limits::default() };
        assert!(response_head(long(186).as_bytes(), &few).unwrap().is_some());
        assert_eq!(response_head(long(187).as_bytes(), &few), Err(HeadError::StatusLine));
        let folded = b"HTTP/1.1 200 OK\r\nA: 1\r\n\t 2\r\n\r\n";
        let (head, _) = response_head(folded, &limits).unwrap().unwrap();
        assert_eq!(head.fields["a"], "1 2");
    }
}
