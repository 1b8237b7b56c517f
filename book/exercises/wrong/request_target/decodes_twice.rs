//! Wrong: what has been decoded is decoded again.
//!
//! Breaks RFC 3986 §2.4: what has been decoded is not decoded again
//!
//! Often by accident: the framework has decoded already, and the handler does
//! it again "to be sure". Every guard in front sees another path than this
//! one.

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
    let segments =
        path.strip_prefix('/')?.split('/').map(decode_to_be_sure).collect::<Option<_>>()?;
    Some(Target { segments, query })
}

fn decode_to_be_sure(segment: &str) -> Option<Vec<u8>> {
    let once = decode(segment)?;
    Some(str::from_utf8(&once).ok().and_then(decode).unwrap_or(once))
}

/// A segment with the bytes that its triplets stand for.
fn decode(segment: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex_digit(bytes.next()?)? * 16 + hex_digit(bytes.next()?)?,
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
