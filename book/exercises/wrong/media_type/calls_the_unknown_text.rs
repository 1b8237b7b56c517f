//! Wrong: what is not known is text.
//!
//! Breaks RFC 9110 §8.3: of unknown content nothing is claimed: application/octet-stream
//!
//! An archive is then shown as pages of odd characters. Of `README` it would be
//! true; but the server cannot know that.

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
    let known = file_name.rsplit_once('.').and_then(|(_, extension)| {
        TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension))
    });
    match known {
        Some((_, text)) if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        Some((_, other)) => other.to_string(),
        None => "text/plain; charset=utf-8".to_owned(),
    }
}
