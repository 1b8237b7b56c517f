//! Wrong: root and path are put together, and the system finds its way.
//!
//! Breaks RFC 3986 §5.2.4: .. takes away the segment before it, and . nothing
//!
//! `format!("{root}{path}")` is what every first server does, the one of chapter
//! 3 too. The system follows each `..` as far as it leads.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let mut names = vec![root.to_owned()];
    for segment in path.split('/') {
        let name = decode(segment)?;
        if name.contains(['/', '\0']) {
            return None;
        }
        names.extend((!name.is_empty() && name != ".").then_some(name));
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
