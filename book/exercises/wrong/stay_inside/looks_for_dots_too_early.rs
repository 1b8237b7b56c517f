//! Wrong: dots are looked for before decoding.
//!
//! Breaks RFC 3986 §6.2.2.2: %2e is a dot: look for dots after decoding
//!
//! Whoever tests with `..` sees it caught. `%2e%2e` is two letters more to the
//! guard, and the same to the file system.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let mut names = vec![root.to_owned()];
    for segment in path.split('/') {
        let name = decode(segment)?;
        match segment {
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
