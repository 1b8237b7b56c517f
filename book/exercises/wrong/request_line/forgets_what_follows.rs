//! Wrong: the first three parts are taken, and nobody asks whether there are more.
//!
//! Breaks RFC 9112 §3: one single space stands between two parts, none at the ends
//!
//! Each `next()` is right; the one that is missing is the fourth.

fn main() {}

/// The parts of a request line, as they came.
#[derive(Debug, PartialEq)]
struct RequestLine<'l> {
    method: &'l str,
    target: &'l str,
    version: &'l str,
}

/// Takes a request line apart, without its CR LF; `None` if it is none.
fn read_request_line(line: &str) -> Option<RequestLine<'_>> {
    let mut parts = line.split(' ');
    let (method, target, version) = (parts.next()?, parts.next()?, parts.next()?);
    let is_right = !method.is_empty() && !target.is_empty() && is_version(version);
    is_right.then_some(RequestLine { method, target, version })
}

/// `HTTP-version = "HTTP" "/" DIGIT "." DIGIT`
fn is_version(text: &str) -> bool {
    matches!(text.as_bytes(), [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit())
}
