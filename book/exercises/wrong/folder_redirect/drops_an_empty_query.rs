//! Wrong: a query that is empty is left out.
//!
//! Breaks RFC 3986 §3.4: a query stays as it came, also one that is empty or ends with a slash
//!
//! `/docs/` and `/docs/?` are two addresses, and may be two entries in a cache.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let query = if query == "?" { "" } else { query };
    let path = path.replace('\\', "%5C");
    format!("/{}/{query}", path.trim_start_matches('/'))
}
