//! Whether a request that depends on a state of the file is still to be done.
//!
//! Chapter 3 · RFC 9110 §13
//!
//! *Strategy*: a client that has a copy asks for the file only if it changed; a
//! client that wants to write asks to do so only if nobody else did. Four
//! fields say so, and §13.2.2 says in which order they count: so they are one
//! function, and its `match` is that section line by line.
//!
//! ```
//! use http::{HeaderMap, Method};
//! use step2_static_server::preconditions::{Outcome, Validators, evaluate};
//!
//! let mut fields = HeaderMap::new();
//! fields.insert("if-none-match", "\"v1\"".parse().unwrap());
//! let current = Validators { entity_tag: "\"v1\"".parse().ok(), modified: None };
//! assert_eq!(evaluate(&Method::GET, &fields, Some(&current)), Outcome::NotModified);
//! ```

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{
    HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
};
use http::{HeaderMap, HeaderValue, Method};

/// What tells one state of a file from another.
#[derive(Debug, Clone, Default)]
pub struct Validators {
    /// `"tag"` or `W/"tag"`.
    pub entity_tag: Option<HeaderValue>,
    /// When it was last changed.
    pub modified: Option<SystemTime>,
}

/// What the preconditions say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Do what was asked.
    Proceed,
    /// The client has this state already: 304.
    NotModified,
    /// It is not the state that the client means: 412.
    Failed,
}

// ANCHOR: evaluate
/// Evaluates the preconditions of a request against the current state of the
/// file; `None` if there is no such file.
/// [RFC 9110 §13.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2)
#[must_use]
pub fn evaluate(method: &Method, fields: &HeaderMap, current: Option<&Validators>) -> Outcome {
    // Most requests depend on nothing.
    if !fields.keys().any(|name| name.as_str().starts_with("if-")) {
        return Outcome::Proceed;
    }
    let reads = matches!(*method, Method::GET | Method::HEAD);
    // 1 and 2: has somebody changed it?
    if fields.contains_key(IF_MATCH) {
        if !any_tag_matches(fields, &IF_MATCH, current, Comparison::Strong) {
            return Outcome::Failed;
        }
    } else if let (Some(date), Some(modified)) =
        (date(fields, &IF_UNMODIFIED_SINCE), modified(current))
        && modified > date
    {
        return Outcome::Failed;
    }
    // 3 and 4: does the client have it already?
    if fields.contains_key(IF_NONE_MATCH) {
        if any_tag_matches(fields, &IF_NONE_MATCH, current, Comparison::Weak) {
            return if reads { Outcome::NotModified } else { Outcome::Failed };
        }
    } else if let (true, Some(date), Some(modified)) =
        (reads, date(fields, &IF_MODIFIED_SINCE), modified(current))
        && modified <= date
    {
        return Outcome::NotModified;
    }
    Outcome::Proceed
}
// ANCHOR_END: evaluate

/// 5: whether a range of this state may be sent, or only the whole. `If-Range`
/// holds a tag or a date, and only what is exactly the same will do: the client
/// is going to join the pieces.
/// [RFC 9110 §13.1.5](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5)
#[must_use]
pub fn range_applies(fields: &HeaderMap, current: &Validators, now: SystemTime) -> bool {
    if !fields.contains_key(IF_RANGE) {
        return true;
    }
    let Some(condition) = only(fields, &IF_RANGE) else { return false };
    if condition.as_bytes().ends_with(b"\"") {
        let current = current.entity_tag.as_ref().map(HeaderValue::as_bytes);
        return current.is_some_and(|tag| same_tag(tag, condition.as_bytes(), Comparison::Strong));
    }
    match (date(fields, &IF_RANGE), modified(Some(current))) {
        // A file changed a moment ago may change again within the same second.
        (Some(date), Some(modified)) => {
            date == modified
                && now.duration_since(modified).is_ok_and(|age| age > Duration::from_secs(1))
        }
        _ => false,
    }
}

/// [RFC 9110 §8.8.3.2](https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    /// The same, byte by byte: neither is weak.
    Strong,
    /// As good as the same.
    Weak,
}

/// `"*" / #entity-tag`: `*` matches any state there is.
fn any_tag_matches(
    fields: &HeaderMap,
    name: &HeaderName,
    current: Option<&Validators>,
    comparison: Comparison,
) -> bool {
    let Some(current) = current else { return false };
    let tag = current.entity_tag.as_ref().map(HeaderValue::as_bytes);
    fields.get_all(name).iter().any(|value| match value.as_bytes().trim_ascii() {
        b"*" => true,
        list => {
            tag.is_some_and(|tag| entity_tags(list).any(|other| same_tag(tag, other, comparison)))
        }
    })
}

fn same_tag(one: &[u8], other: &[u8], comparison: Comparison) -> bool {
    let opaque = |tag| <[u8]>::strip_prefix(tag, b"W/");
    match comparison {
        Comparison::Strong => opaque(one).is_none() && one == other,
        Comparison::Weak => opaque(one).unwrap_or(one) == opaque(other).unwrap_or(other),
    }
}

/// The entity tags of a list. A tag may hold a comma, so the quotes count.
fn entity_tags(mut list: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let begin = list.iter().position(|byte| !matches!(byte, b',' | b' ' | b'\t'))?;
        list = &list[begin..];
        let open = list.iter().position(|&byte| byte == b'"')?;
        let close = open + 1 + list[open + 1..].iter().position(|&byte| byte == b'"')?;
        let (tag, rest) = list.split_at(close + 1);
        list = rest;
        Some(tag)
    })
}

/// The date in this field. What is none, or are several, is no condition, says
/// §13.1.3. But a wrong day of the week, in three letters, is overlooked, as other servers do: it
/// says nothing that the date does not.
/// [RFC 9110 §5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)
fn date(fields: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let text = only(fields, name)?.to_str().ok()?;
    let parse = |text: &str| httpdate::parse_http_date(text).ok();
    parse(text).or_else(|| {
        let (_, rest) = text.split_at_checked(3)?;
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        days.iter().find_map(|day| parse(&format!("{day}{rest}")))
    })
}

/// The value of a field that stands on one line alone.
fn only<'f>(fields: &'f HeaderMap, name: &HeaderName) -> Option<&'f HeaderValue> {
    let mut values = fields.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// When the file was changed, in whole seconds, as HTTP dates are.
fn modified(current: Option<&Validators>) -> Option<SystemTime> {
    let since = current?.modified?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(UNIX_EPOCH + Duration::from_secs(since.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const CHANGED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const LATER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    fn current(tag: &str) -> Validators {
        let modified = UNIX_EPOCH + Duration::new(784_111_777, 5);
        Validators { entity_tag: tag.parse().ok(), modified: Some(modified) }
    }

    #[track_caller]
    fn check(method: &Method, lines: &[(&str, &str)], tag: Option<&str>, expected: Outcome) {
        let line = |(name, value): &(&str, &str)| {
            (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
        };
        let fields = lines.iter().map(line).collect();
        assert_eq!(
            evaluate(method, &fields, tag.map(current).as_ref()),
            expected,
            "{lines:?} {tag:?}"
        );
    }

    #[test]
    fn a_client_that_has_the_file_gets_not_modified() {
        let get = |lines, expected| check(&Method::GET, lines, Some("\"a\""), expected);
        get(&[("if-none-match", "\"a\"")], Outcome::NotModified);
        get(&[("if-none-match", "\"b\", W/\"a\"")], Outcome::NotModified);
        get(&[("if-none-match", "\"b,\",\"c\"")], Outcome::Proceed);
        get(&[("if-none-match", "*")], Outcome::NotModified);
        get(&[("if-none-match", "a")], Outcome::Proceed);
        get(&[("if-modified-since", CHANGED)], Outcome::NotModified);
        get(&[("if-modified-since", LATER)], Outcome::NotModified);
        get(&[("if-modified-since", EARLIER)], Outcome::Proceed);
        get(&[("if-modified-since", "yesterday")], Outcome::Proceed);
        get(&[("if-modified-since", "")], Outcome::Proceed);
    }

    #[test]
    fn several_dates_are_none() {
        let get = |name, one, two| {
            let lines = [(name, one), (name, two)];
            check(&Method::GET, &lines, Some("\"a\""), Outcome::Proceed);
        };
        get("if-unmodified-since", EARLIER, CHANGED);
        get("if-modified-since", CHANGED, CHANGED);
        get("if-modified-since", LATER, EARLIER);
    }

    #[test]
    fn a_wrong_day_of_the_week_changes_no_date() {
        let get = |value, expected| {
            check(&Method::GET, &[("if-modified-since", value)], Some("\"a\""), expected);
        };
        get("Wed, 06 Nov 1994 08:49:37 GMT", Outcome::NotModified);
        get("Wed, 06 Nov 1994 08:49:36 GMT", Outcome::Proceed);
        get("Wed Nov  6 08:49:37 1994", Outcome::NotModified);
        get("Wed, 31 Feb 2094 08:49:37 GMT", Outcome::Proceed);
        get("Sunday, 06-Nov-94 08:49:37 GMT", Outcome::NotModified);
    }

    #[test]
    fn the_tag_counts_before_the_date() {
        let get = |lines, expected| check(&Method::GET, lines, Some("\"a\""), expected);
        get(&[("if-none-match", "\"b\""), ("if-modified-since", LATER)], Outcome::Proceed);
        get(&[("if-match", "\"a\""), ("if-unmodified-since", EARLIER)], Outcome::Proceed);
        get(&[("if-match", "\"b\""), ("if-none-match", "\"a\"")], Outcome::Failed);
    }

    #[test]
    fn a_writer_must_not_overwrite_what_it_has_not_seen() {
        let put = |lines, tag, expected| check(&Method::PUT, lines, tag, expected);
        put(&[("if-match", "\"a\"")], Some("\"a\""), Outcome::Proceed);
        put(&[("if-match", "\"a\"")], Some("\"b\""), Outcome::Failed);
        put(&[("if-match", "\"a\"")], Some("W/\"a\""), Outcome::Failed);
        put(&[("if-match", "*")], None, Outcome::Failed);
        put(&[("if-none-match", "*")], None, Outcome::Proceed);
        put(&[("if-none-match", "*")], Some("\"a\""), Outcome::Failed);
        put(&[("if-unmodified-since", EARLIER)], Some("\"a\""), Outcome::Failed);
        put(&[("if-unmodified-since", CHANGED)], Some("\"a\""), Outcome::Proceed);
        put(&[("if-modified-since", CHANGED)], Some("\"a\""), Outcome::Proceed);
    }

    #[test]
    fn ranges_are_joined_only_if_nothing_changed() {
        let applies = |value: &str, tag: &str| {
            let fields = HeaderMap::from_iter([(IF_RANGE, value.parse().unwrap())]);
            range_applies(&fields, &current(tag), SystemTime::now())
        };
        assert!(applies("\"a\"", "\"a\""));
        assert!(!applies("W/\"a\"", "W/\"a\""));
        assert!(!applies("\"b\"", "\"a\""));
        assert!(applies(CHANGED, "\"a\""));
        assert!(!applies(LATER, "\"a\""));
        let line = || (IF_RANGE, HeaderValue::from_static("\"a\""));
        let twice = HeaderMap::from_iter([line(), line()]);
        assert!(!range_applies(&twice, &current("\"a\""), SystemTime::now()));
        assert!(range_applies(&HeaderMap::new(), &current("\"a\""), SystemTime::now()));
    }
}
