//! Wrong: options are compared letter by letter.
//!
//! Breaks RFC 9110 §7.6.1: connection options have no case
//!
//! Old clients write `Keep-Alive`, as they write the names of fields.

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
        members.any(|member| member.trim_matches([' ', '\t']) == option)
    };
    !has("close") && (version == Version::Http11 || has("keep-alive"))
}
