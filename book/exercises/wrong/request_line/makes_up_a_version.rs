//! Wrong: a line without a version gets one.
//!
//! Breaks RFC 9112 §3: all three parts must be there; none is made up
//!
//! `GET /` was a whole request once, in 1991. In HTTP/1.0 and 1.1 it is none.

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
    let parts: Vec<&str> = line.split(' ').collect();
    let (method, target, version) = match parts[..] {
        [method, target, version] => (method, target, version),
        [method, target] => (method, target, "HTTP/1.0"),
        _ => return None,
    };
    let is_right = !method.is_empty() && !target.is_empty() && is_version(version);
    is_right.then_some(RequestLine { method, target, version })
}

/// `HTTP-version = "HTTP" "/" DIGIT "." DIGIT`
fn is_version(text: &str) -> bool {
    matches!(text.as_bytes(), [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit())
}
