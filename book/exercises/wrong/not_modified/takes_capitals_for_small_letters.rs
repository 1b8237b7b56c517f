//! Wrong: tags are compared without regard to capitals.
//!
//! Breaks RFC 9110 §8.8.3.2: tags are compared byte by byte: a capital is another letter
//!
//! So much in HTTP has no case that one takes it for a rule. Tags are often made by
//! base64, where a capital is another number.

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
    one.trim_start_matches("W/").eq_ignore_ascii_case(other.trim_start_matches("W/"))
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
