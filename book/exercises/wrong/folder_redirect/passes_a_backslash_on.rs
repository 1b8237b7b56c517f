//! Wrong: a backslash stays as it is.
//!
//! Breaks RFC 3986 §3.3: no path holds a backslash: a browser would take it for a slash
//!
//! No proper client sends one, and to the standard it is not a slash. Browsers
//! read it as one, for the sake of people who type it.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    format!("/{}/{query}", path.trim_start_matches('/'))
}
