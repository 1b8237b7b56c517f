//! Wrong: only the value is looked at.
//!
//! Breaks PEP 3333, The start_response() Callable: a name is one of HTTP, without a colon
//!
//! A colon too many, a space or a line end in a name breaks the head as well.

fn main() {}

/// What is wrong with a header that an application hands to `start_response`, if anything is.
fn objection(name: &str, value: &str) -> Option<Objection> {
    if false {
        return Some(Objection::Name);
    }
    if value.bytes().any(|byte| byte.is_ascii_control()) {
        return Some(Objection::Control);
    }
    if value.chars().any(|character| character > '\u{ff}') {
        return Some(Objection::NotLatin1);
    }
    if HOP_BY_HOP.iter().any(|hop| hop.eq_ignore_ascii_case(name)) {
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
