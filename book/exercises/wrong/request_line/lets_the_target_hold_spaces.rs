//! Wrong: the first space and the last one are looked for, and all between is the target.
//!
//! Breaks RFC 9112 §3.2: a request target holds no space; the line is refused, not mended
//!
//! Kind to those who type a space into a link; also kind to those who smuggle.

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
    let (method, rest) = line.split_once(' ')?;
    let (target, version) = rest.rsplit_once(' ')?;
    let is_right = !method.is_empty() && !target.is_empty() && is_version(version);
    is_right.then_some(RequestLine { method, target, version })
}

/// `HTTP-version = "HTTP" "/" DIGIT "." DIGIT`
fn is_version(text: &str) -> bool {
    matches!(text.as_bytes(), [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit())
}
