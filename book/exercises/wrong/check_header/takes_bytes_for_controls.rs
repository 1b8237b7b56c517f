//! Wrong: what Unicode calls a control character is refused.
//!
//! Breaks PEP 3333, Unicode Issues: U+0080 to U+00FF stand for bytes, whatever they mean
//!
//! The letter À in UTF-8 ends in the byte 80: the title of a page in French is refused.

fn main() {}

/// What is wrong with a header that an application hands to `start_response`, if anything is.
fn objection(name: &str, value: &str) -> Option<Objection> {
    if name.is_empty() || !name.bytes().all(is_token) {
        return Some(Objection::Name);
    }
    if value.chars().any(char::is_control) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str =
        "PEP 3333, The start_response() Callable: a name is one of HTTP, without a colon";
    const CONTROL: &str = "PEP 3333, The start_response() Callable: a value has no control characters, no line end above all";
    const LATIN_1: &str =
        "PEP 3333, Unicode Issues: a header holds the characters U+0000 to U+00FF only";
    const BYTES: &str =
        "PEP 3333, Unicode Issues: U+0080 to U+00FF stand for bytes, whatever they mean";
    const HOP: &str =
        "PEP 3333, Other HTTP Features: what is about one connection is not for applications";

    #[track_caller]
    fn check(name: &str, value: &str, expected: Option<Objection>, rule: &str) {
        let answer = objection(name, value);
        assert!(
            answer == expected,
            "{rule}\n  header:      {name:?}: {value:?}\n  \
             your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    #[test]
    fn a_name_is_a_name() {
        check("Content-Type", "text/plain", None, NAME);
        check("X_Y", "", None, NAME);
        for name in ["", "Location:", "Two Words", "Caf\u{e9}", "A\r\nB"] {
            check(name, "/", Some(Objection::Name), NAME);
        }
    }

    #[test]
    fn a_line_does_not_become_two() {
        for value in ["/a\r\nSet-Cookie: b", "/a\nb", "/a\rb", "/a\0", "/a\u{7f}"] {
            check("Location", value, Some(Objection::Control), CONTROL);
        }
    }

    #[test]
    fn a_value_is_made_of_bytes() {
        check("X-Name", "caf\u{c3}\u{a9}", None, BYTES);
        check("X-Name", "\u{c3}\u{80} table", None, BYTES);
        check("X-Name", "caf\u{e9}", None, BYTES);
        check("X-Name", "\u{8336}", Some(Objection::NotLatin1), LATIN_1);
        check("X-Name", "\u{100}", Some(Objection::NotLatin1), LATIN_1);
    }

    #[test]
    fn the_connection_is_the_servers() {
        for name in ["Connection", "keep-alive", "Transfer-Encoding", "UPGRADE"] {
            check(name, "x", Some(Objection::HopByHop), HOP);
        }
        check("Trail", "x", None, HOP);
        check("Content-Encoding", "x", None, HOP);
    }
}
