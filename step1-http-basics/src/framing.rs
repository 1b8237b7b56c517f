//! Where a message ends: the most consequential decision of HTTP/1.1.
//!
//! Chapter 2 · RFC 9112 §6.3
//!
//! *Strategy*: a head is followed by nothing, by a counted number of bytes, by
//! chunks, or by everything until the connection closes. If two parties that
//! share a connection disagree about which, the one takes for a second request
//! what the other takes for content: request smuggling. So a request whose
//! framing could be read in two ways is refused, never guessed.
//!
//! ```
//! use http::{HeaderMap, Version};
//! use step1_http_basics::framing::{Framing, of_request};
//!
//! let mut fields = HeaderMap::new();
//! fields.insert("content-length", "5".parse().unwrap());
//! assert_eq!(of_request(Version::HTTP_11, &fields), Ok(Framing::Length(5)));
//! ```

use std::fmt;

use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode, Version};

use crate::head_error::is_token;

/// How the end of a message's content is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// The message ends with its head.
    None,
    /// So many bytes follow the head.
    Length(u64),
    /// Chunks follow, the last of size 0.
    Chunked,
    /// All that comes until the sender closes; a response only.
    UntilClose,
}

/// Why the end of a message cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FramingError {
    /// Both `Content-Length` and `Transfer-Encoding`.
    BothLengths,
    /// More than one `Content-Length`, or a list of lengths in one.
    SeveralLengths,
    /// A length that is not made of digits alone.
    InvalidLength,
    /// A length of digits that no 64-bit number can hold.
    LengthOverflow,
    /// `Transfer-Encoding` in HTTP/1.0, which has none.
    TransferEncodingInHttp10,
    /// A `Transfer-Encoding` that is no list of codings, or in which `chunked`
    /// is not the last, or not the only one of its name.
    InvalidTransferEncoding,
    /// A transfer coding besides `chunked`.
    UnknownTransferEncoding,
}

impl FramingError {
    /// The status code that answers a request with this error.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::UnknownTransferEncoding => StatusCode::NOT_IMPLEMENTED,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

// ANCHOR: of_request
/// Where a request ends.
/// [RFC 9112 §6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3)
///
/// # Errors
/// Whenever two readers could disagree about the end.
pub fn of_request(version: Version, fields: &HeaderMap) -> Result<Framing, FramingError> {
    match declared(version, fields)? {
        None => Ok(Framing::None),
        // The client still wants to receive: it cannot close.
        Some(Framing::UntilClose) => Err(FramingError::InvalidTransferEncoding),
        Some(framing) => Ok(framing),
    }
}

/// What the two fields say about the end; `None` if neither is there.
fn declared(version: Version, fields: &HeaderMap) -> Result<Option<Framing>, FramingError> {
    let length = content_length(fields)?;
    if !fields.contains_key(TRANSFER_ENCODING) {
        return Ok(length.map(Framing::Length));
    }
    if length.is_some() {
        return Err(FramingError::BothLengths);
    }
    if version == Version::HTTP_10 {
        return Err(FramingError::TransferEncodingInHttp10);
    }
    transfer_encoding(fields).map(Some)
}
// ANCHOR_END: of_request

/// Where a response ends, for the client that sent a request with `method`.
/// [RFC 9112 §6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3)
///
/// # Errors
/// When its fields contradict each other.
pub fn of_response(
    method: &Method,
    status: StatusCode,
    version: Version,
    fields: &HeaderMap,
) -> Result<Framing, FramingError> {
    if !may_have_content(method, status) || (*method == Method::CONNECT && status.is_success()) {
        return Ok(Framing::None);
    }
    Ok(declared(version, fields)?.unwrap_or(Framing::UntilClose))
}

/// How to frame a response whose content has this length, if it is known.
#[must_use]
pub fn for_response(status: StatusCode, version: Version, length: Option<u64>) -> Framing {
    match length {
        _ if has_no_content(status) => Framing::None,
        Some(length) => Framing::Length(length),
        None if version == Version::HTTP_11 => Framing::Chunked,
        None => Framing::UntilClose,
    }
}

// ANCHOR: may_have_content
/// Whether content follows the head of such a response at all: not for `HEAD`,
/// nor for 1xx, 204 and 304.
/// [RFC 9110 §6.4.1](https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1)
#[must_use]
pub fn may_have_content(method: &Method, status: StatusCode) -> bool {
    *method != Method::HEAD && !has_no_content(status)
}

fn has_no_content(status: StatusCode) -> bool {
    status.is_informational()
        || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status)
}
// ANCHOR_END: may_have_content

// ANCHOR: is_persistent
/// Whether the connection may be used again after a message with these fields.
/// [RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3)
#[must_use]
pub fn is_persistent(version: Version, fields: &HeaderMap) -> bool {
    let option =
        |name| members(fields, &CONNECTION).any(|option| option.eq_ignore_ascii_case(name));
    !option(b"close") && (version == Version::HTTP_11 || option(b"keep-alive"))
}
// ANCHOR_END: is_persistent

/// `Transfer-Encoding = #transfer-coding`, several lines being one list. With
/// `chunked` at its end the chunks say where that is, without it the connection.
fn transfer_encoding(fields: &HeaderMap) -> Result<Framing, FramingError> {
    // An empty member is legal in a list, but readers disagree about it here.
    let codings: Option<Vec<_>> = members(fields, &TRANSFER_ENCODING).map(coding_name).collect();
    let codings = codings.ok_or(FramingError::InvalidTransferEncoding)?;
    match (codings.iter().position(|name| is_chunked(name)), codings.len()) {
        (None, _) => Ok(Framing::UntilClose),
        (Some(0), 1) => Ok(Framing::Chunked),
        (Some(at), count) if at + 1 == count => Err(FramingError::UnknownTransferEncoding),
        (Some(_), _) => Err(FramingError::InvalidTransferEncoding),
    }
}

/// `transfer-coding = token *( OWS ";" OWS transfer-parameter )`: the token.
/// `chunked` has no parameters; those of others are not looked at.
/// [RFC 9112 §7](https://www.rfc-editor.org/rfc/rfc9112#section-7)
fn coding_name(member: &[u8]) -> Option<&[u8]> {
    let name = member.split(|&byte| byte == b';').next()?.trim_ascii_end();
    (is_token(name) && (name == member || !is_chunked(name))).then_some(name)
}

fn is_chunked(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"chunked")
}

/// `Content-Length = 1*DIGIT`, once.
/// [RFC 9110 §8.6](https://www.rfc-editor.org/rfc/rfc9110#section-8.6)
pub(crate) fn content_length(fields: &HeaderMap) -> Result<Option<u64>, FramingError> {
    let mut values = fields.get_all(CONTENT_LENGTH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let bytes = value.as_bytes();
    if values.next().is_some() || bytes.contains(&b',') {
        return Err(FramingError::SeveralLengths);
    }
    // `u64::from_str` would take "+5", which HTTP does not.
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return Err(FramingError::InvalidLength);
    }
    let length = value.to_str().ok().and_then(|digits| digits.parse().ok());
    length.map(Some).ok_or(FramingError::LengthOverflow)
}

/// The members of a comma-separated list field, without white space around
/// them; lines with the same name are one list.
/// [RFC 9110 §5.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1)
fn members<'f>(fields: &'f HeaderMap, name: &http::HeaderName) -> impl Iterator<Item = &'f [u8]> {
    let split = |value: &'f http::HeaderValue| value.as_bytes().split(|&byte| byte == b',');
    fields.get_all(name).into_iter().flat_map(split).map(<[u8]>::trim_ascii)
}

impl fmt::Display for FramingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BothLengths => "both Content-Length and Transfer-Encoding: the end could be read in two ways (RFC 9112 §6.3)",
            Self::SeveralLengths => "more than one Content-Length (RFC 9112 §6.3)",
            Self::InvalidLength => "Content-Length is not a number of digits alone (RFC 9110 §8.6)",
            Self::LengthOverflow => "Content-Length is larger than any number here can hold (RFC 9110 §8.6)",
            Self::TransferEncodingInHttp10 => "Transfer-Encoding in an HTTP/1.0 message (RFC 9112 §6.1)",
            Self::InvalidTransferEncoding => "Transfer-Encoding must end in chunked, once (RFC 9112 §6.1)",
            Self::UnknownTransferEncoding => "a transfer coding besides chunked is not implemented (RFC 9112 §6.1)",
        })
    }
}

impl std::error::Error for FramingError {}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn fields(lines: &[(&str, &str)]) -> HeaderMap {
        let line = |&(name, value): &(&str, &str)| {
            (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
        };
        let mut map = HeaderMap::new();
        for (name, value) in lines.iter().map(line) {
            map.append(name, value);
        }
        map
    }

    #[track_caller]
    fn check(lines: &[(&str, &str)], expected: Result<Framing, FramingError>) {
        assert_eq!(of_request(Version::HTTP_11, &fields(lines)), expected, "{lines:?}");
    }

    #[test]
    fn a_request_says_its_length_once() {
        check(&[], Ok(Framing::None));
        check(&[("content-length", "0")], Ok(Framing::Length(0)));
        check(&[("content-length", "007")], Ok(Framing::Length(7)));
        for bad in ["", "+5", "-5", "5 5", "0x5", "5a"] {
            check(&[("content-length", bad)], Err(FramingError::InvalidLength));
        }
        check(&[("content-length", "5, 5")], Err(FramingError::SeveralLengths));
        check(
            &[("content-length", "5"), ("content-length", "5")],
            Err(FramingError::SeveralLengths),
        );
        check(&[("content-length", "18446744073709551616")], Err(FramingError::LengthOverflow));
    }

    #[test]
    fn chunked_stands_last_and_once() {
        check(&[("transfer-encoding", "Chunked")], Ok(Framing::Chunked));
        check(
            &[("transfer-encoding", "gzip, chunked")],
            Err(FramingError::UnknownTransferEncoding),
        );
        check(
            &[("transfer-encoding", "gzip"), ("transfer-encoding", "chunked")],
            Err(FramingError::UnknownTransferEncoding),
        );
        for bad in [
            "",
            ",",
            ",chunked",
            "chunked,",
            "chunked, chunked",
            "chunked, gzip",
            "gzip",
            "chunked;q=1",
            "xchunked",
            "\u{b}chunked",
        ] {
            let Ok(value) = http::HeaderValue::from_bytes(bad.as_bytes()) else {
                continue;
            };
            let fields = HeaderMap::from_iter([(TRANSFER_ENCODING, value)]);
            assert_eq!(
                of_request(Version::HTTP_11, &fields),
                Err(FramingError::InvalidTransferEncoding),
                "{bad:?}"
            );
        }
        check(
            &[("transfer-encoding", "chunked"), ("content-length", "5")],
            Err(FramingError::BothLengths),
        );
        let chunked = fields(&[("transfer-encoding", "chunked")]);
        assert_eq!(
            of_request(Version::HTTP_10, &chunked),
            Err(FramingError::TransferEncodingInHttp10)
        );
    }

    #[test]
    fn a_response_may_end_with_the_connection() {
        let end =
            |method, status, lines| of_response(&method, status, Version::HTTP_11, &fields(lines));
        let length: &[_] = &[("content-length", "5")];
        assert_eq!(end(Method::GET, StatusCode::OK, &[]), Ok(Framing::UntilClose));
        assert_eq!(end(Method::GET, StatusCode::OK, length), Ok(Framing::Length(5)));
        assert_eq!(end(Method::HEAD, StatusCode::OK, length), Ok(Framing::None));
        assert_eq!(end(Method::GET, StatusCode::NOT_MODIFIED, length), Ok(Framing::None));
        assert_eq!(end(Method::CONNECT, StatusCode::OK, length), Ok(Framing::None));
    }

    #[test]
    fn persistence_is_the_version_and_the_connection_field() {
        let persistent = |version, value| is_persistent(version, &fields(&[("connection", value)]));
        assert!(is_persistent(Version::HTTP_11, &HeaderMap::new()));
        assert!(!is_persistent(Version::HTTP_10, &HeaderMap::new()));
        assert!(!persistent(Version::HTTP_11, "TE, Close"));
        assert!(persistent(Version::HTTP_10, "Keep-Alive"));
        assert!(!persistent(Version::HTTP_10, "keep-alive, close"));
    }

    #[test]
    fn our_response_is_framed_by_what_is_known_of_it() {
        let (new, old) = (Version::HTTP_11, Version::HTTP_10);
        assert_eq!(for_response(StatusCode::OK, new, Some(5)), Framing::Length(5));
        assert_eq!(for_response(StatusCode::OK, new, None), Framing::Chunked);
        assert_eq!(for_response(StatusCode::OK, old, None), Framing::UntilClose);
        for status in [StatusCode::CONTINUE, StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED] {
            assert_eq!(for_response(status, new, Some(5)), Framing::None, "{status}");
        }
    }
}
