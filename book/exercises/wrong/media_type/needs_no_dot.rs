//! Wrong: the last letters are compared, without the dot.
//!
//! Breaks RFC 9110 §8.3: a name without a dot has no extension, whatever letters it ends with
//!
//! `ends_with("css")` is short, and right for every name that one thinks of.

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
    let known =
        TYPES.iter().find(|(extension, _)| file_name.to_ascii_lowercase().ends_with(extension));
    match known {
        Some((_, text)) if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        Some((_, other)) => other.to_string(),
        None => "application/octet-stream".to_owned(),
    }
}
