//! Wrong: all that a person can read gets the charset.
//!
//! Breaks RFC 8259 §11: JSON has no charset parameter: it is UTF-8 always
//!
//! JSON looks like text. Its standard has decided the charset once for all, so
//! that nobody has to say it.

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
        Some((_, text)) if text.starts_with("text/") || text.ends_with("json") => {
            format!("{text}; charset=utf-8")
        }
        Some((_, other)) => other.to_string(),
        None => "application/octet-stream".to_owned(),
    }
}
