//! Wrong: three parts, each taken as it is, also if it is empty.
//!
//! Breaks RFC 9112 §3: all three parts must be there; none is made up
//!
//! `split` gives an empty piece where two spaces meet, or where the line begins
//! with one. It counts as a piece, and three pieces look like three parts.

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
    match parts[..] {
        [method, target, version] if is_version(version) => {
            Some(RequestLine { method, target, version })
        }
        _ => None,
    }
}

/// `HTTP-version = "HTTP" "/" DIGIT "." DIGIT`
fn is_version(text: &str) -> bool {
    matches!(text.as_bytes(), [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit())
}
