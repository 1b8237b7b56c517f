//! Wrong: only the first line is looked at.
//!
//! Breaks RFC 9110 §5.3: several lines of one name are one list
//!
//! What `get` of most header maps gives, `http::HeaderMap` among them: the
//! first value. Here `get_all` is needed.

fn main() {}

/// The version of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Version {
    Http10,
    Http11,
}

/// Whether the connection stays open after a request of this version, whose
/// `Connection` fields have these values, one for each line.
fn stays_open(version: Version, connection: &[&str]) -> bool {
    let has = |option: &str| {
        let mut members = connection.first().into_iter().flat_map(|value| value.split(','));
        members.any(|member| member.trim_matches([' ', '\t']).eq_ignore_ascii_case(option))
    };
    !has("close") && (version == Version::Http11 || has("keep-alive"))
}
