//! A file is what `Content-Type` says that it is.
//!
//! Chapter 3 · RFC 9110 §8.3 · book/src/ch03-static-server/media-types.md
//!
//! ```text
//! HTTP/1.1 200 OK
//! Content-Type: text/html
//!
//! body { color: navy }
//! ```
//!
//! A style sheet, and the page stays black on white. The server says that it is
//! HTML, and a browser takes its word: HTML is not applied as a style. The
//! server's author looks for the mistake in the style sheet, and there is none.
//!
//! A file on a disk does not say what it is. Its name gives a hint, and that hint
//! is all a static server has: it looks it up, and says so to the browser.

fn main() {
    // A place to try things: `cargo run --bin media_type`.
}

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
    // TODO: look up what follows the last dot of the name, without regard to
    // capitals. Text gets `; charset=utf-8`. What is not in the table, or has no
    // dot, is `application/octet-stream`: bytes of which nothing is known.
    todo!("find the media type by the name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, file_name: &str, expected: &str) {
        let answer = content_type(file_name);
        assert!(
            answer == expected,
            "{rule}\n  file:        {file_name:?}\n  your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    /// Compares the type alone, whatever parameters follow it.
    #[track_caller]
    fn check_type(rule: &str, file_name: &str, expected: &str) {
        let answer = content_type(file_name);
        assert!(
            answer.split(';').next() == Some(expected),
            "{rule}\n  file:        {file_name:?}\n  your answer: {answer:?}\n  expected:    {expected:?}, whatever follows\n"
        );
    }

    #[test]
    fn a_browser_believes_it() {
        let rule =
            "RFC 9110 §8.3: a browser treats content as what Content-Type says, so it must be true";
        check_type(rule, "index.html", "text/html");
        check_type(rule, "style.css", "text/css");
        check_type(rule, "menu.js", "text/javascript");
        check_type(rule, "logo.png", "image/png");
    }

    #[test]
    fn text_says_its_charset() {
        let rule = "RFC 9110 §8.3.2: text says its charset, or a browser guesses it";
        check(rule, "notes.txt", "text/plain; charset=utf-8");
        check(rule, "茶.html", "text/html; charset=utf-8");
        let rule =
            "RFC 9110 §8.3.2: a charset is for text: the bytes of a picture are no characters";
        check(rule, "logo.png", "image/png");
        check(rule, "logo.svg", "image/svg+xml");
        let rule = "RFC 8259 §11: JSON has no charset parameter: it is UTF-8 always";
        check(rule, "data.json", "application/json");
    }

    #[test]
    fn what_is_in_capitals_is_no_other_type() {
        let rule = "RFC 9110 §8.3: a picture is a picture, whatever the capitals of its extension";
        check_type(rule, "IMG_0042.PNG", "image/png");
        check_type(rule, "Index.Html", "text/html");
    }

    #[test]
    fn the_last_extension_counts() {
        let rule = "RFC 9110 §8.3: what follows the last dot tells the type, and no other part of the name";
        check_type(rule, "jquery.min.js", "text/javascript");
        check_type(rule, "page.html.png", "image/png");
        check_type(rule, "style.css.old", "application/octet-stream");
    }

    #[test]
    fn nothing_is_claimed_of_unknown_content() {
        let rule = "RFC 9110 §8.3: of unknown content nothing is claimed: application/octet-stream";
        check_type(rule, "backup.tar.zst", "application/octet-stream");
        check_type(rule, "README", "application/octet-stream");
        let rule =
            "RFC 9110 §8.3: a name without a dot has no extension, whatever letters it ends with";
        check_type(rule, "html", "application/octet-stream");
        check_type(rule, "without-css", "application/octet-stream");
    }
}
