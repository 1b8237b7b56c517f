//! Wrong: a plus sign becomes a space.
//!
//! Breaks RFC 3986 §3.3: in a path, + stands for itself; only forms use it for a space
//!
//! In a query that a form has made, `+` is a space. That is a rule of forms,
//! not of URLs, and it does not reach into the path: nobody finds `/c++` any
//! more.

fn main() {}

/// What is asked for.
#[derive(PartialEq)]
struct Target<'t> {
    /// Decoded: bytes, which need not be UTF-8.
    path: Vec<u8>,
    /// What follows the first question mark, as it came.
    query: Option<&'t str>,
}

/// Splits a request target and decodes its path; `None` if that is not well encoded.
fn read_target(target: &str) -> Option<Target<'_>> {
    match target.split_once('?') {
        Some((path, query)) => Some(Target { path: decode(path)?, query: Some(query) }),
        None => Some(Target { path: decode(target)?, query: None }),
    }
}

fn decode(path: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex_digit(bytes.next()?)? * 16 + hex_digit(bytes.next()?)?,
            b'+' => b' ',
            _ => byte,
        });
    }
    Some(decoded)
}

/// The value of a hexadecimal digit; `None` if it is none.
fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a person can read: `path "/a b", query "c"`.
    fn say(path: &[u8], query: Option<&str>) -> String {
        let query = query.map_or("none".to_owned(), |query| format!("{query:?}"));
        match str::from_utf8(path) {
            Ok(path) => format!("path {path:?}, query {query}"),
            Err(_) => format!("path b\"{}\", query {query}", path.escape_ascii()),
        }
    }

    #[track_caller]
    fn check(rule: &str, target: &str, expected: Option<(&[u8], Option<&str>)>) {
        let refused = || "refused, None".to_owned();
        let answer =
            read_target(target).map_or_else(refused, |target| say(&target.path, target.query));
        let expected = expected.map_or_else(refused, |(path, query)| say(path, query));
        assert!(
            answer == expected,
            "{rule}\n  target:      {target:?}\n  your answer: {answer}\n  expected:    {expected}\n"
        );
    }

    #[test]
    fn a_query_begins_at_the_first_question_mark() {
        let rule = "RFC 3986 §3.4: the query begins behind the first question mark";
        check(rule, "/", Some((b"/", None)));
        check(rule, "/search?q=rust", Some((b"/search", Some("q=rust"))));
        check(rule, "/search?q=why?", Some((b"/search", Some("q=why?"))));
        check(rule, "/search?", Some((b"/search", Some(""))));
    }

    #[test]
    fn a_target_is_split_before_it_is_decoded() {
        let rule = "RFC 3986 §2.4: a target is split first and decoded after: %3F ends no path";
        check(rule, "/who%3F", Some((b"/who?", None)));
        check(rule, "/who%3F?me", Some((b"/who?", Some("me"))));
    }

    #[test]
    fn a_path_is_decoded_once() {
        let rule = "RFC 3986 §2.1: a percent sign and two hexadecimal digits are one byte";
        check(rule, "/a%20b%2fc%2Fd", Some((b"/a b/c/d", None)));
        let rule = "RFC 3986 §2.4: what has been decoded is not decoded again";
        check(rule, "/100%2525", Some((b"/100%25", None)));
        check(rule, "/%252e%252e/secret", Some((b"/%2e%2e/secret", None)));
        let rule = "RFC 3986 §3.4: the query is no part of the path, and stays as it came";
        check(rule, "/?q=a%20b", Some((b"/", Some("q=a%20b"))));
    }

    #[test]
    fn what_is_decoded_is_bytes() {
        let rule = "RFC 3986 §2.1: each triplet is one byte; characters may need several";
        check(rule, "/%E4%BD%A0", Some(("/你".as_bytes(), None)));
        check(rule, "/%ff%00", Some((b"/\xff\0", None)));
    }

    #[test]
    fn a_plus_is_a_plus() {
        let rule = "RFC 3986 §3.3: in a path, + stands for itself; only forms use it for a space";
        check(rule, "/c++", Some((b"/c++", None)));
        check(rule, "/1+1?q=1+1", Some((b"/1+1", Some("q=1+1"))));
    }

    #[test]
    fn a_percent_sign_needs_two_digits() {
        let rule =
            "RFC 3986 §2.1: two hexadecimal digits follow each percent sign, or it is refused";
        check(rule, "/100%", None);
        check(rule, "/%2", None);
        check(rule, "/%2?x", None);
        check(rule, "/%zz", None);
        check(rule, "/%+5", None);
        check(rule, "/%é", None);
    }
}
