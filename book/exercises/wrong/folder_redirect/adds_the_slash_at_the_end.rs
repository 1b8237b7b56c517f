//! Wrong: the slash is added to the target.
//!
//! Breaks RFC 3986 §3.4: the path ends at the first question mark: the slash stands before it, the query behind
//!
//! Without a query the end of the target is the end of the path. With one the
//! path still lacks its slash, and the client is sent here again, and again.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let path = path.replace('\\', "%5C");
    format!("/{}{query}/", path.trim_start_matches('/'))
}
