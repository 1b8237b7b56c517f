//! Wrong: the decoded path goes into the page.
//!
//! Breaks RFC 9110 §17.4: what a client sent is data: nothing in it is read as markup
//!
//! `format!("{path} is not found!")`: it looks right with every path that one
//! tries, because one tries paths and not markup.

fn main() {}

/// A path, as it came in a request target, as text to put into a page.
fn show_path(path: &str) -> String {
    decode(path)
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
