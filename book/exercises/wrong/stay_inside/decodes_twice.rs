//! Wrong: a segment is decoded until nothing is left to decode.
//!
//! Breaks RFC 3986 §2.4: what has been decoded is not decoded again
//!
//! To be on the safe side. A file called `100%25` can no longer be asked for, and
//! what a guard in front has looked at is not what is opened.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let mut names = vec![root.to_owned()];
    for segment in path.split('/') {
        let name = decode(segment)?;
        let name = decode(&name).unwrap_or(name);
        match name.as_str() {
            "" | "." => {}
            ".." if names.len() == 1 => {}
            ".." => _ = names.pop(),
            _ if name.contains(['/', '\0']) => return None,
            _ => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// A segment with the bytes that its triplets stand for, decoded once; `None` if
/// it is badly encoded.
fn decode(segment: &str) -> Option<String> {
    let mut pieces = segment.split('%');
    let mut decoded: Vec<u8> = pieces.next()?.into();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        decoded.push(u8::from_str_radix(digits, 16).ok()?);
        decoded.extend(rest.bytes());
    }
    String::from_utf8(decoded).ok()
}
