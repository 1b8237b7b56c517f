//! Wrong: the client is sent to where it was.
//!
//! Breaks RFC 3986 §5.2.3: a relative link replaces what follows the last slash: a folder ends with one
//!
//! The redirect is there, and the slash is forgotten: browsers follow it twenty
//! times, then give up.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let path = path.replace('\\', "%5C");
    format!("/{}{query}", path.trim_start_matches('/'))
}
