//! Wrong: one slash too many is taken off.
//!
//! Breaks RFC 3986 §4.2: after two slashes stands the name of a host: a path begins with one
//!
//! The attack with two slashes is known, so it is mended. Then somebody tries
//! three.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let path = path.replace('\\', "%5C");
    format!("{}/{query}", path.replacen("//", "/", 1))
}
