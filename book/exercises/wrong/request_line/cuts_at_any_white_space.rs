//! Wrong: any run of white space is taken for one space.
//!
//! Breaks RFC 9112 §3: one single space stands between two parts, none at the ends
//!
//! `split_whitespace` is the first thing that comes to mind, and every request
//! of a browser passes. The next server in the row may count spaces.

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
    let parts: Vec<&str> = line.split_whitespace().collect();
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
