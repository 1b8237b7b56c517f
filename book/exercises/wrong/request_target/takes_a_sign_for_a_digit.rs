//! Wrong: the two digits are read by `from_str_radix`.
//!
//! Breaks RFC 3986 §2.1: two hexadecimal digits follow a percent sign, or it is refused
//!
//! Rust's numbers may have a sign: `+5` is five. In HTTP numbers are digits
//! and nothing else. The same surprise waits in `Content-Length` and in chunk
//! sizes.

fn main() {}

/// What is asked for.
#[derive(PartialEq)]
struct Target<'t> {
    /// What stands between the slashes, decoded: bytes, which need not be UTF-8.
    segments: Vec<Vec<u8>>,
    /// What follows the first question mark, as it came.
    query: Option<&'t str>,
}

/// Splits a request target and decodes its segments; `None` if it is none, or
/// not well encoded.
fn read_target(target: &str) -> Option<Target<'_>> {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let segments = path.strip_prefix('/')?.split('/').map(decode).collect::<Option<_>>()?;
    Some(Target { segments, query })
}

/// A segment with the bytes that its triplets stand for.
fn decode(segment: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?
            }
            _ => byte,
        });
    }
    Some(decoded)
}

/// The value of a hexadecimal digit; `None` if it is none.
fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
