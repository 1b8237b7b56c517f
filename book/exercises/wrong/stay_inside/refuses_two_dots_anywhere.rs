//! Wrong: a path with two dots in a row is refused.
//!
//! Breaks RFC 3986 §5.2.4: only a whole segment of one or two dots is special
//!
//! It is the shortest guard there is. It also refuses files that are called
//! `notes..txt`, and links that lead up and stay inside.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    if decode(path)?.contains("..") {
        return None;
    }
    let mut names = vec![root.to_owned()];
    for segment in path.split('/') {
        let name = decode(segment)?;
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
