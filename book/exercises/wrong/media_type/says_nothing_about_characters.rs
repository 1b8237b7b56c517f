//! Wrong: the type alone.
//!
//! Breaks RFC 9110 §8.3.2: text says its charset, or a browser guesses it
//!
//! On the author's computer the guess is right, and with English text any guess
//! is. Elsewhere 茶 is shown as three other characters.

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
        Some((_, other)) => other.to_string(),
        None => "application/octet-stream".to_owned(),
    }
}
