//! A target is split first and decoded after, once.
//!
//! Chapter 2 · RFC 3986 §2.4 · book/src/ch02-http/percent.md
//!
//! Each `?` below ends the function with `None`: the path does not begin with a
//! slash, or a segment ends inside of a triplet, or there is no digit in it.

fn main() {}

/// What is asked for.
#[derive(PartialEq)]
struct Target<'t> {
    /// What stands between the slashes, decoded: bytes, which need not be UTF-8.
    segments: Vec<Vec<u8>>,
    /// What follows the first question mark, as it came.
    query: Option<&'t str>,
}

/// Splits a request target and decodes its segments; `None` if it is none, or
/// not well encoded.
fn read_target(target: &str) -> Option<Target<'_>> {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let segments = path.strip_prefix('/')?.split('/').map(decode).collect::<Option<_>>()?;
    Some(Target { segments, query })
}

/// A segment with the bytes that its triplets stand for.
fn decode(segment: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex_digit(bytes.next()?)? * 16 + hex_digit(bytes.next()?)?,
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

    /// What a person can read: `segments ["a b", "c"], query "d"`.
    fn say(segments: &[impl AsRef<[u8]>], query: Option<&str>) -> String {
        let segment = |bytes: &[u8]| match str::from_utf8(bytes) {
            Ok(text) => format!("{text:?}"),
            Err(_) => format!("b\"{}\"", bytes.escape_ascii()),
        };
        let segments: Vec<_> = segments.iter().map(|bytes| segment(bytes.as_ref())).collect();
        let query = query.map_or("no query".to_owned(), |query| format!("query {query:?}"));
        format!("segments [{}], {query}", segments.join(", "))
    }

    #[track_caller]
    fn check(rule: &str, target: &str, segments: &[&str], query: Option<&str>) {
        let answer = read_target(target)
            .map_or("refused, None".to_owned(), |target| say(&target.segments, target.query));
        compare(rule, target, &answer, &say(segments, query));
    }

    #[track_caller]
    fn check_refused(rule: &str, target: &str) {
        if let Some(answer) = read_target(target) {
            compare(rule, target, &say(&answer.segments, answer.query), "refused, None");
        }
    }

    #[track_caller]
    fn compare(rule: &str, target: &str, answer: &str, expected: &str) {
        assert!(
            answer == expected,
            "{rule}\n  target:      {target:?}\n  your answer: {answer}\n  expected:    {expected}\n"
        );
    }

    #[test]
    fn a_query_begins_at_the_first_question_mark() {
        let rule = "RFC 3986 §3.4: the query is all that follows the first question mark";
        check(rule, "/search?q=rust", &["search"], Some("q=rust"));
        check(rule, "/search?from=/a?", &["search"], Some("from=/a?"));
        check(rule, "/search?", &["search"], Some(""));
        let rule = "RFC 3986 §3.4: the query is no part of the path, and stays as it came";
        check(rule, "/search?q=a%20b", &["search"], Some("q=a%20b"));
    }

    #[test]
    fn segments_stand_between_slashes() {
        let rule = "RFC 3986 §3.3: a path is segments with slashes in between; one may be empty";
        check(rule, "/", &[""], None);
        check(rule, "/a/b.html", &["a", "b.html"], None);
        check(rule, "/a/", &["a", ""], None);
        let rule = "RFC 9112 §3.2.1: a target in origin-form begins with a slash";
        check_refused(rule, "a/b.html");
        check_refused(rule, "");
    }

    #[test]
    fn a_target_is_split_before_it_is_decoded() {
        let rule = "RFC 3986 §2.4: split first, decode after: an encoded mark separates nothing";
        check(rule, "/who%3F", &["who?"], None);
        check(rule, "/who%3f?me", &["who?"], Some("me"));
        check(rule, "/a%2Fb", &["a/b"], None);
    }

    #[test]
    fn a_segment_is_decoded_once() {
        let rule = "RFC 3986 §2.4: what has been decoded is not decoded again";
        check(rule, "/100%2525", &["100%25"], None);
        check(rule, "/%252e%252e/secret", &["%2e%2e", "secret"], None);
    }

    #[test]
    fn a_triplet_is_a_byte() {
        let rule = "RFC 3986 §2.1: each triplet is one byte; a character may need several";
        check(rule, "/a%20b", &["a b"], None);
        check(rule, "/%E8%8C%b6", &["茶"], None);
        let answer = read_target("/%ff%00").map(|target| target.segments);
        let answer = answer.map_or("refused, None".to_owned(), |segments| say(&segments, None));
        compare(rule, "/%ff%00", &answer, &say(&[[0xFF, 0]], None));
    }

    #[test]
    fn a_plus_is_a_plus() {
        let rule = "RFC 3986 §3.3: in a path, + stands for itself; only forms use it for a space";
        check(rule, "/c++", &["c++"], None);
        check(rule, "/1+1?q=1+1", &["1+1"], Some("q=1+1"));
    }

    #[test]
    fn a_percent_sign_needs_two_digits() {
        let rule = "RFC 3986 §2.1: two hexadecimal digits follow a percent sign, or it is refused";
        check_refused(rule, "/100%");
        check_refused(rule, "/%2");
        check_refused(rule, "/%2/5");
        check_refused(rule, "/%2?5");
        check_refused(rule, "/%zz");
        check_refused(rule, "/%+5");
        check_refused(rule, "/%é");
    }
}
