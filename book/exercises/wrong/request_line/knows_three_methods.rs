//! Wrong: a method that is not on a short list makes the line no request line.
//!
//! Breaks RFC 9110 §9.1: any token is a method; whether you know it is asked later
//!
//! Any token is a method. A server that does not know it says so with 501 or
//! 405; with 400 it would say that the client cannot write.

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
        [method @ ("GET" | "HEAD" | "POST"), target, version]
            if !target.is_empty() && is_version(version) =>
        {
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
