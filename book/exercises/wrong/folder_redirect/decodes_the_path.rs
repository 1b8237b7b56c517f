//! Wrong: the address holds the decoded path.
//!
//! Breaks RFC 9110 §10.2.2: Location holds a URI, so what was encoded stays encoded
//!
//! The server has decoded the path to find the folder, and uses what it has. A
//! decoded `%3F` begins a query, and a decoded `%0D%0A` begins a field.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let path = decode(path).replace('\\', "%5C");
    format!("/{}/{query}", path.trim_start_matches('/'))
}

/// The path with the bytes that its triplets stand for.
fn decode(path: &str) -> String {
    let mut pieces = path.split('%');
    let mut decoded: Vec<u8> = pieces.next().unwrap_or_default().into();
    for piece in pieces {
        let triplet = piece.split_at_checked(2);
        match triplet.map(|(digits, rest)| (u8::from_str_radix(digits, 16), rest)) {
            Some((Ok(byte), rest)) => {
                decoded.push(byte);
                decoded.extend(rest.bytes());
            }
            _ => decoded.extend(format!("%{piece}").bytes()),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
