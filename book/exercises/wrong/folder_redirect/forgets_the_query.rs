//! Wrong: the address is that of the folder alone.
//!
//! Breaks RFC 3986 §3.4: the path ends at the first question mark: the slash stands before it, the query behind
//!
//! The query tells one page from another, for a program in that folder too. Who
//! followed a link to the Chinese page gets the English one.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let path = path.replace('\\', "%5C");
    format!("/{}/", path.trim_start_matches('/'))
}
