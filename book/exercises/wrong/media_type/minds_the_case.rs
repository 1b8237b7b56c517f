//! Wrong: extensions are compared letter by letter.
//!
//! Breaks RFC 9110 §8.3: a picture is a picture, whatever the capitals of its extension
//!
//! Cameras and old systems write `.PNG` and `.HTM`. The picture is then offered
//! as a download.

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
    let known = file_name
        .rsplit_once('.')
        .and_then(|(_, extension)| TYPES.iter().find(|(known, _)| *known == extension));
    match known {
        Some((_, text)) if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        Some((_, other)) => other.to_string(),
        None => "application/octet-stream".to_owned(),
    }
}
