//! Wrong: special characters are left out.
//!
//! Breaks RFC 9110 §15.5: the page explains the error, so it shows the whole path, as it was
//!
//! Safe again. But the page names a path that nobody has asked for, and there
//! may be a file of that name.

fn main() {}

/// A path, as it came in a request target, as text to put into a page.
fn show_path(path: &str) -> String {
    decode(path).chars().filter(|character| !r#"&<>"'"#.contains(*character)).collect()
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
