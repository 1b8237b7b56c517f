//! Wrong: `../` is cut out of the path.
//!
//! Breaks RFC 3986 §5.2.4: only a whole segment of one or two dots is special
//!
//! What is left may hold the same again: `....//` without the `../` in its middle
//! is `../`. And `/a/../b` becomes `/a/b`.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let mut names = vec![root.to_owned()];
    for segment in path.replace("../", "").split('/') {
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
