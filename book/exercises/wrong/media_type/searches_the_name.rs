//! Wrong: the extension is searched anywhere in the name.
//!
//! Breaks RFC 9110 §8.3: what follows the last dot tells the type, and no other part of the name
//!
//! `page.html.png` is a picture that somebody may upload where pages are not
//! allowed. Here it is shown as a page, with its scripts.

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
    let known = TYPES.iter().find(|(extension, _)| {
        let name = file_name.to_ascii_lowercase();
        name.contains(&format!(".{extension}"))
    });
    match known {
        Some((_, text)) if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        Some((_, other)) => other.to_string(),
        None => "application/octet-stream".to_owned(),
    }
}
