//! Wrong: what cannot be decoded is taken as it is.
//!
//! Breaks RFC 3986 §2.1: two hexadecimal digits follow a percent sign, or it is refused
//!
//! It is friendly to a person who types `/100%`. Two programs that are friendly in
//! two ways see two paths.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let mut names = vec![root.to_owned()];
    for segment in path.split('/') {
        let name = decode(segment).unwrap_or(segment.to_owned());
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
