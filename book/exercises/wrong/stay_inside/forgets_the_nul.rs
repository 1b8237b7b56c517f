//! Wrong: a NUL is a character like others.
//!
//! Breaks RFC 3986 §7.3: a NUL ends a name for the system, and not for you: refuse it
//!
//! The name ends with `.png`, so it may be shown. A program in C opens what
//! stands before the NUL: `secret.key`.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let mut names = vec![root.to_owned()];
    for segment in path.split('/') {
        let name = decode(segment)?;
        match name.as_str() {
            "" | "." => {}
            ".." if names.len() == 1 => {}
            ".." => _ = names.pop(),
            _ if name.contains('/') => return None,
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
