//! Wrong: every known type gets the charset.
//!
//! Breaks RFC 9110 §8.3.2: a charset is for text: the bytes of a picture are no characters
//!
//! One `format!` for all is the shorter code. Most browsers pass over it; some
//! programs compare the value with `image/png`, and it is another.

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
        Some((_, text)) => format!("{text}; charset=utf-8"),
        None => "application/octet-stream".to_owned(),
    }
}
