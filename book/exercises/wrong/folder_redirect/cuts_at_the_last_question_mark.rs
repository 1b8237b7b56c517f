//! Wrong: the target is cut at its last question mark.
//!
//! Breaks RFC 3986 §3.4: the path ends at the first question mark: the slash stands before it, the query behind
//!
//! A query may hold question marks of its own.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.rfind('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let path = path.replace('\\', "%5C");
    format!("/{}/{query}", path.trim_start_matches('/'))
}
