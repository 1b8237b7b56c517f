//! Wrong: everything is HTML.
//!
//! Breaks RFC 9110 §8.3: a browser treats content as what Content-Type says, so it must be true
//!
//! The first page that one tries is HTML, and it works. Then the pages look
//! plain: the browser does not apply a style sheet that is said to be HTML.

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
    "text/html; charset=utf-8".to_owned()
}
