//! Wrong: `keep-alive` is looked at before `close`.
//!
//! Breaks RFC 9112 §9.3: close is looked at first, whatever stands beside it
//!
//! Who has announced to close will not read what you send afterwards.

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
        let mut members = connection.iter().flat_map(|value| value.split(','));
        members.any(|member| member.trim_matches([' ', '\t']).eq_ignore_ascii_case(option))
    };
    has("keep-alive") || (version == Version::Http11 && !has("close"))
}
