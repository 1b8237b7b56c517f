//! Wrong: the path is sent back as it begins.
//!
//! Breaks RFC 3986 §4.2: after two slashes stands the name of a host: a path begins with one
//!
//! A file system takes two slashes for one, so the folder was found. A browser
//! does not.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let path = path.replace('\\', "%5C");
    format!("{path}/{query}")
}
