//! Wrong: the path is escaped as it came, then decoded.
//!
//! Breaks RFC 3986 §2.4: decode first, escape last: a triplet hides any character
//!
//! The escaping finds nothing to do in `%3C`, and what decoding makes of it is
//! not looked at again.

fn main() {}

/// A path, as it came in a request target, as text to put into a page.
fn show_path(path: &str) -> String {
    let mut text = String::new();
    for character in path.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            other => text.push(other),
        }
    }
    decode(&text)
}

/// The path with the bytes that its triplets stand for.
fn decode(path: &str) -> String {
    let mut decoded = Vec::new();
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let triplet = after.split_at_checked(2).filter(|_| *first == b'%');
        let byte = triplet.and_then(|(digits, after)| {
            let value = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
            Some((value, after))
        });
        let (byte, after) = byte.unwrap_or((*first, after));
        decoded.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
