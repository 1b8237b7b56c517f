//! Wrong: the value is taken for one option.
//!
//! Breaks RFC 9110 §7.6.1: Connection is a list of options, with commas in between
//!
//! Most clients send one option, so this works until somebody adds `TE` or
//! `Upgrade`.

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
        let mut members = connection.iter();
        members.any(|member| member.trim_matches([' ', '\t']).eq_ignore_ascii_case(option))
    };
    !has("close") && (version == Version::Http11 || has("keep-alive"))
}
