//! Wrong: the path is joined to the root by the library.
//!
//! Breaks RFC 9110 §17.3: what a path names is below the root, however many slashes it begins with
//!
//! The first slash is cut off, and `join` does the rest. But what is joined to a
//! folder and begins with a slash takes its place, in Rust as in Python.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let rest = path.strip_prefix('/')?;
    let mut names = Vec::new();
    for (index, segment) in rest.split('/').enumerate() {
        let name = decode(segment)?;
        match name.as_str() {
            "" if index > 0 => {}
            "." => {}
            ".." => _ = names.pop(),
            _ if name.contains(['/', '\0']) => return None,
            _ => names.push(name),
        }
    }
    let file = std::path::Path::new(root).join(names.join("/"));
    Some(file.to_str()?.trim_end_matches('/').to_owned())
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
