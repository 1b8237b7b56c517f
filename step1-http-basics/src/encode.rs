//! From the head of a message to bytes.
//!
//! Chapter 2 · RFC 9112 §3–5
//!
//! *Strategy*: the caller has decided everything; here it is only written down,
//! into a buffer that is used again for the next message. Names and values
//! cannot hold CR or LF, because their types refuse them: nobody can smuggle a
//! second response through a field.
//!
//! ```
//! use http::{HeaderMap, StatusCode};
//! use step1_http_basics::encode;
//!
//! let mut fields = HeaderMap::new();
//! fields.insert("content-length", 0.into());
//! let mut out = Vec::new();
//! encode::response_head(StatusCode::OK, &fields, &mut out);
//! assert_eq!(out, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
//! ```

use std::io::Write;

use http::{HeaderMap, HeaderName, Method, StatusCode};

/// The interim response that lets a client go on which waits to be told.
/// [RFC 9110 §15.2.1](https://www.rfc-editor.org/rfc/rfc9110#section-15.2.1)
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

// ANCHOR: response_head
/// Appends `status-line *( field-line CRLF ) CRLF`. The version is always
/// HTTP/1.1, the highest that this server speaks, whatever the client's is.
/// [RFC 9110 §6.2](https://www.rfc-editor.org/rfc/rfc9110#section-6.2)
pub fn response_head(status: StatusCode, fields: &HeaderMap, out: &mut Vec<u8>) {
    status_line(status, out);
    field_lines(fields, out);
}

/// `status-line = HTTP-version SP status-code SP [ reason-phrase ]`
/// [RFC 9112 §4](https://www.rfc-editor.org/rfc/rfc9112#section-4)
pub fn status_line(status: StatusCode, out: &mut Vec<u8>) {
    for part in ["HTTP/1.1 ", status.as_str(), " ", reason_phrase(status), "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}
// ANCHOR_END: response_head

/// Appends `request-line *( field-line CRLF ) CRLF`, in HTTP/1.1.
pub fn request_head(method: &Method, target: &str, fields: &HeaderMap, out: &mut Vec<u8>) {
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{method} {target} HTTP/1.1\r\n");
    field_lines(fields, out);
}

/// What people read behind a status code; empty if the code has no name. Two
/// names are newer than those of the `http` crate.
/// [RFC 9110 §15](https://www.rfc-editor.org/rfc/rfc9110#section-15)
#[must_use]
pub fn reason_phrase(status: StatusCode) -> &'static str {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Content Too Large",
        StatusCode::UNPROCESSABLE_ENTITY => "Unprocessable Content",
        _ => status.canonical_reason().unwrap_or_default(),
    }
}

fn field_lines(fields: &HeaderMap, out: &mut Vec<u8>) {
    for (name, value) in fields {
        field_line(name, value.as_bytes(), out);
    }
    out.extend_from_slice(b"\r\n");
}

/// `field-name ":" OWS field-value CRLF`. The value must be one that a
/// `HeaderValue` has let through, or that holds no line end for another reason.
pub(crate) fn field_line(name: &HeaderName, value: &[u8], out: &mut Vec<u8>) {
    field_name(name, out);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// `Content-Length: 1*DIGIT CRLF`
pub(crate) fn content_length(length: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"Content-Length: ");
    decimal(length, out);
    out.extend_from_slice(b"\r\n");
}

/// A number as digits, found from the last to the first.
fn decimal(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    while first == digits.len() || number > 0 {
        first -= 1;
        digits[first] = b"0123456789"[(number % 10) as usize];
        number /= 10;
    }
    out.extend_from_slice(&digits[first..]);
}

/// Names have no case; they are written as people know them: `Content-Type`.
fn field_name(name: &HeaderName, out: &mut Vec<u8>) {
    if *name == http::header::ETAG {
        return out.extend_from_slice(b"ETag");
    }
    if *name == http::header::WWW_AUTHENTICATE {
        return out.extend_from_slice(b"WWW-Authenticate");
    }
    let (start, mut before) = (out.len(), b'-');
    out.extend_from_slice(name.as_str().as_bytes());
    for byte in &mut out[start..] {
        if before == b'-' {
            byte.make_ascii_uppercase();
        }
        before = *byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_a_line_and_fields() {
        let mut fields = HeaderMap::new();
        fields.append("x-two", "1".parse().unwrap());
        fields.append("x-two", "2".parse().unwrap());
        fields.append("etag", "\"e\"".parse().unwrap());
        let mut out = Vec::new();
        request_head(&Method::GET, "/x?y", &fields, &mut out);
        assert_eq!(out, b"GET /x?y HTTP/1.1\r\nX-Two: 1\r\nX-Two: 2\r\nETag: \"e\"\r\n\r\n");
    }

    #[test]
    fn numbers_are_written_in_full() {
        for number in [0, 7, 10, 65_536, u64::MAX] {
            let mut out = Vec::new();
            decimal(number, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }

    #[test]
    fn a_status_without_a_known_reason_keeps_its_space() {
        let mut out = Vec::new();
        response_head(StatusCode::from_u16(299).unwrap(), &HeaderMap::new(), &mut out);
        assert_eq!(out, b"HTTP/1.1 299 \r\n\r\n");
    }

    #[test]
    fn phrases_are_those_of_rfc_9110() {
        let phrase = |code| reason_phrase(StatusCode::from_u16(code).unwrap());
        assert_eq!(
            [200, 413, 422, 299].map(phrase),
            ["OK", "Content Too Large", "Unprocessable Content", ""]
        );
    }
}
