//! What the client has already is not sent again.
//!
//! Chapter 3 · RFC 9110 §13.2.2 · book/src/ch03-static-server/conditional.md
//!
//! The `return` is the order of precedence: with tags, the date is not reached.

fn main() {}

use std::time::Duration;

/// What the client has, as it says in its request for a file.
struct Conditions<'c> {
    /// The value of `If-None-Match`.
    if_none_match: Option<&'c str>,
    /// The date in `If-Modified-Since`, in seconds since 1970.
    if_modified_since: Option<u64>,
}

/// What the server has.
struct File<'f> {
    /// Its entity tag, such as `"v1"` or `W/"v1"`, quotes included.
    entity_tag: &'f str,
    /// When it was last changed, since 1970.
    modified: Duration,
}

/// Whether the client has this state of the file already, so that the answer to
/// its GET is 304 without content.
fn is_not_modified(conditions: &Conditions<'_>, file: &File<'_>) -> bool {
    if let Some(list) = conditions.if_none_match {
        return list.trim() == "*" || tags(list).into_iter().any(|tag| same(tag, file.entity_tag));
    }
    conditions.if_modified_since.is_some_and(|date| file.modified.as_secs() <= date)
}

/// Whether two tags name states that are as good as the same.
fn same(one: &str, other: &str) -> bool {
    one.trim_start_matches("W/") == other.trim_start_matches("W/")
}

/// The tags of a list such as `"v1", W/"v2"`, quotes included.
fn tags(list: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = list;
    while let Some((before, after)) = rest.split_once('"') {
        let Some(end) = after.find('"') else { break };
        let weak = if before.ends_with("W/") { 2 } else { 0 };
        let (begin, length) = (before.len() - weak, weak + 1 + end + 1);
        tags.push(&rest[begin..begin + length]);
        rest = &rest[begin + length..];
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const CHANGED: u64 = 784_111_777;

    #[track_caller]
    fn compare(rule: &str, conditions: &Conditions<'_>, file: &File<'_>, expected: bool) {
        let answer = is_not_modified(conditions, file);
        let say = |is_not| if is_not { "304, it has it" } else { "200, send it" };
        let since = conditions.if_modified_since.map(|date| date.to_string());
        assert!(
            answer == expected,
            "{rule}\n  the file's tag:    {}\n  the file changed:  {:?}\n  If-None-Match:     {}\n  If-Modified-Since: {}\n  your answer:       {}\n  expected:          {}\n",
            file.entity_tag,
            file.modified.as_secs_f64(),
            conditions.if_none_match.unwrap_or("(none)"),
            since.as_deref().unwrap_or("(none)"),
            say(answer),
            say(expected)
        );
    }

    #[track_caller]
    fn check_tags(rule: &str, if_none_match: &str, entity_tag: &str, expected: bool) {
        let conditions = Conditions { if_none_match: Some(if_none_match), if_modified_since: None };
        compare(
            rule,
            &conditions,
            &File { entity_tag, modified: Duration::from_secs(CHANGED) },
            expected,
        );
    }

    #[track_caller]
    fn check_date(rule: &str, if_modified_since: u64, nanoseconds: u32, expected: bool) {
        let conditions =
            Conditions { if_none_match: None, if_modified_since: Some(if_modified_since) };
        let modified = Duration::new(CHANGED, nanoseconds);
        compare(rule, &conditions, &File { entity_tag: "\"v1\"", modified }, expected);
    }

    #[test]
    fn a_client_that_has_it_says_so() {
        let rule = "RFC 9110 §13.1.2: the same tag is the same state: 304; another tag: 200";
        check_tags(rule, r#""v1""#, r#""v1""#, true);
        check_tags(rule, r#""v2""#, r#""v1""#, false);
        let rule = "RFC 9110 §8.8.3.2: tags are compared byte by byte: a capital is another letter";
        check_tags(rule, r#""V1""#, r#""v1""#, false);
        let rule = "RFC 9110 §13.1: without a condition there is nothing to compare: 200";
        let none = Conditions { if_none_match: None, if_modified_since: None };
        let file = File { entity_tag: "\"v1\"", modified: Duration::from_secs(CHANGED) };
        compare(rule, &none, &file, false);
    }

    #[test]
    fn a_list_holds_several_tags() {
        let rule = "RFC 9110 §13.1.2: If-None-Match is a list: one of its tags is enough";
        check_tags(rule, r#""v1", "v2","v3""#, r#""v2""#, true);
        check_tags(rule, r#""v1", "v2","v3""#, r#""v3""#, true);
        check_tags(rule, r#""v1", "v2","v3""#, r#""v4""#, false);
    }

    #[test]
    fn a_star_is_any_state() {
        let rule = "RFC 9110 §13.1.2: * stands for any state there is";
        check_tags(rule, "*", r#""v1""#, true);
        let rule = "RFC 9110 §13.1.2: a star between quotes is a tag like others";
        check_tags(rule, r#""*""#, r#""v1""#, false);
    }

    #[test]
    fn a_tag_is_all_between_its_quotes() {
        let rule =
            "RFC 9110 §8.8.3: a tag is all that stands between its quotes, and not a part of it";
        check_tags(rule, r#""v1.css""#, r#""v1""#, false);
        check_tags(rule, r#""a","b""#, r#"",""#, false);
        let rule = "RFC 9110 §8.8.3: a tag may hold a comma: it is the quotes that count";
        check_tags(rule, r#""1,2""#, r#""1,2""#, true);
        check_tags(rule, r#""0", "1,2", "3""#, r#""1,2""#, true);
        check_tags(rule, r#""1,2""#, r#""2""#, false);
    }

    #[test]
    fn the_comparison_is_weak() {
        let rule =
            "RFC 9110 §13.1.2: W/ makes no difference here: weak tags compare as strong ones do";
        check_tags(rule, r#"W/"v1""#, r#""v1""#, true);
        check_tags(rule, r#""v1""#, r#"W/"v1""#, true);
        check_tags(rule, r#""v0", W/"v1""#, r#"W/"v1""#, true);
        check_tags(rule, r#"W/"v2""#, r#"W/"v1""#, false);
    }

    #[test]
    fn a_date_is_a_second_and_not_a_moment() {
        let rule = "RFC 9110 §13.1.3: changed at that date or before it: 304; after it: 200";
        check_date(rule, CHANGED, 0, true);
        check_date(rule, CHANGED + 60, 0, true);
        check_date(rule, CHANGED - 1, 0, false);
        let rule = "RFC 9110 §5.6.7: a date has whole seconds: what a file's time has more is not compared";
        check_date(rule, CHANGED, 500_000_000, true);
        check_date(rule, CHANGED - 1, 500_000_000, false);
    }

    #[test]
    fn the_tag_decides_before_the_date() {
        let rule = "RFC 9110 §13.2.2: with If-None-Match the date is not looked at";
        let file = File { entity_tag: "\"v2\"", modified: Duration::from_secs(CHANGED) };
        let both =
            |tag, date| Conditions { if_none_match: Some(tag), if_modified_since: Some(date) };
        compare(rule, &both(r#""v1""#, CHANGED), &file, false);
        compare(rule, &both(r#""v1""#, CHANGED + 60), &file, false);
        compare(rule, &both(r#""v2""#, CHANGED - 1), &file, true);
        compare(rule, &both("", CHANGED + 60), &file, false);
    }
}
