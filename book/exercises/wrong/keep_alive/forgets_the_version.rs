//! Wrong: a connection is kept unless there is `close`.
//!
//! Breaks RFC 9112 §9.3: HTTP/1.0 closes a connection unless it is told to keep it
//!
//! Right for HTTP/1.1. A client of HTTP/1.0 that has not asked for more
//! expects the server to close, and waits for it.

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
    !has("close")
}
