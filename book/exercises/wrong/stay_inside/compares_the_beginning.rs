//! Wrong: the result must begin with the root.
//!
//! Breaks RFC 9110 §17.3: a folder beside the root is outside, also if its name begins like the root's
//!
//! Dots are resolved from the root of the disk on, then the beginning is compared.
//! `/srv/www-private` begins with `/srv/www`.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let mut names: Vec<String> = root.split('/').map(str::to_owned).collect();
    for segment in path.split('/') {
        let name = decode(segment)?;
        match name.as_str() {
            "" | "." => {}
            ".." => _ = names.pop(),
            _ if name.contains(['/', '\0']) => return None,
            _ => names.push(name),
        }
    }
    Some(names.join("/")).filter(|file| file.starts_with(root))
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
