//! Wrong: names are compared with their capitals.
//!
//! Breaks PEP 3333, Other HTTP Features: what is about one connection is not for applications
//!
//! For HTTP, Connection and connection are one name.

fn main() {}

/// What is wrong with a header that an application hands to `start_response`, if anything is.
fn objection(name: &str, value: &str) -> Option<Objection> {
    if name.is_empty() || !name.bytes().all(is_token) {
        return Some(Objection::Name);
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Some(Objection::Control);
    }
    if value.chars().any(|character| character > '\u{ff}') {
        return Some(Objection::NotLatin1);
    }
    if HOP_BY_HOP.contains(&name) {
        return Some(Objection::HopByHop);
    }
    None
}

/// What can be wrong, in the order in which it is looked for.
#[derive(Debug, PartialEq)]
enum Objection {
    /// That is no name of a header.
    Name,
    /// There is a control character of ASCII in the value.
    Control,
    /// There is a character in the value that stands for no byte.
    NotLatin1,
    /// The header is between the server and its client.
    HopByHop,
}

/// Headers about one connection: RFC 9110 §7.6.1.
const HOP_BY_HOP: [&str; 6] =
    ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/// What a name consists of: RFC 9110 §5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
