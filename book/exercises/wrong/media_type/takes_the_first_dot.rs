//! Wrong: the name is cut at its first dot.
//!
//! Breaks RFC 9110 §8.3: what follows the last dot tells the type, and no other part of the name
//!
//! `split_once` is the method one knows. Names of one dot hide it, and then
//! `jquery.min.js` comes.

fn main() {}

/// What the last part of a file's name stands for.
const TYPES: [(&str, &str); 7] = [
    ("html", "text/html"),
    ("css", "text/css"),
    ("json", "application/json"),
    ("js", "text/javascript"),
    ("txt", "text/plain"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
];

/// The value of `Content-Type` for a file of this name.
fn content_type(file_name: &str) -> String {
    let known = file_name.split_once('.').and_then(|(_, extension)| {
        TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension))
    });
    match known {
        Some((_, text)) if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        Some((_, other)) => other.to_string(),
        None => "application/octet-stream".to_owned(),
    }
}
