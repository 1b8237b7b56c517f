//! Wrong: an ampersand stays as it is.
//!
//! Breaks RFC 9110 §17.4: each character is escaped once, and the ampersand is one of them
//!
//! It starts no script. But the path `/&lt;b&gt;` is shown as `/<b>`, which is
//! another path than was asked for.

fn main() {}

/// A path, as it came in a request target, as text to put into a page.
fn show_path(path: &str) -> String {
    let mut text = String::new();
    for character in decode(path).chars() {
        match character {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            other => text.push(other),
        }
    }
    text
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
