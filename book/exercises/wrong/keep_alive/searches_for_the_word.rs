//! Wrong: the word is searched anywhere in the value.
//!
//! Breaks RFC 9110 §7.6.1: an option is a whole member of the list, not a part of one
//!
//! Short, and without a loop over members. `contains` does not ask where a
//! word begins.

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
    let has =
        |option: &str| connection.iter().any(|value| value.to_ascii_lowercase().contains(option));
    !has("close") && (version == Version::Http11 || has("keep-alive"))
}
