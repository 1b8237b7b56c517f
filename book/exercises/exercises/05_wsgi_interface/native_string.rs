//! A native string is bytes in the clothes of text.
//!
//! Chapter 5 · PEP 3333, Unicode Issues · book/src/ch05-wsgi-interface/environ.md
//!
//! ```text
//! GET /caf%C3%A9 HTTP/1.1
//! ```
//!
//! A server decodes the path and has five bytes behind the slash, of which the last two are
//! an é in UTF-8. It does not know that. So it passes each byte as the character of the same
//! number, and an application finds `/cafÃ©` in `PATH_INFO`. That is not broken, and not
//! decoded twice: it is a *native string*. What the bytes mean, the application knows.
//!
//! In Python one writes `path.encode('latin-1').decode('utf-8')`. In Rust a `char` has a
//! number, and `u8::try_from` says whether it fits into a byte.
//!
//! [PEP 3333](https://peps.python.org/pep-3333/#unicode-issues) says which characters a
//! native string may hold.

fn main() {
    // A place to try things: `cargo run --bin native_string`.
}

/// The text that a native string means, if its bytes are UTF-8.
fn text_of(native: &str) -> Option<String> {
    // TODO: turn each character into the byte of its number, and the bytes, which
    // should be UTF-8, into a text. `None` if either cannot be done.
    todo!("from characters to bytes, from bytes to text")
}

/// A text as a native string: Python's `text.encode('utf-8').decode('latin-1')`.
fn native_of(text: &str) -> String {
    // TODO: the way back: the bytes of the text, each as the character of its number.
    todo!("from text to bytes, from bytes to characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: &str =
        "PEP 3333, Unicode Issues: each character stands for the byte of its number";
    const NO_TEXT: &str =
        "PEP 3333, Unicode Issues: bytes that are no UTF-8 are no text, and are not guessed";
    const LATIN_1: &str =
        "PEP 3333, Unicode Issues: a native string holds the characters U+0000 to U+00FF only";

    #[track_caller]
    fn reads(rule: &str, native: &str, expected: Option<&str>) {
        let answer = text_of(native);
        assert!(
            answer.as_deref() == expected,
            "{rule}\n  native string: {native:?}\n  your answer:   {answer:?}\n  expected:      {expected:?}\n"
        );
    }

    #[track_caller]
    fn writes(rule: &str, text: &str, expected: &str) {
        let answer = native_of(text);
        assert!(
            answer == expected,
            "{rule}\n  text:        {text:?}\n  your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    #[test]
    fn characters_are_bytes_and_the_bytes_are_utf_8() {
        reads(BYTES, "/tea", Some("/tea"));
        reads(BYTES, "/caf\u{c3}\u{a9}", Some("/café"));
        reads(BYTES, "/\u{e8}\u{8c}\u{b6}", Some("/茶"));
        reads(BYTES, "/a%20b", Some("/a%20b"));
        reads(BYTES, "", Some(""));
    }

    #[test]
    fn what_is_no_utf_8_is_no_text() {
        reads(NO_TEXT, "/caf\u{e9}", None);
        reads(NO_TEXT, "/\u{ff}", None);
        reads(NO_TEXT, "/\u{e8}\u{8c}", None);
    }

    #[test]
    fn what_is_no_native_string_is_no_text_either() {
        reads(LATIN_1, "/茶", None);
        reads(LATIN_1, "/\u{100}", None);
        reads(LATIN_1, "/\u{141}", None);
    }

    #[test]
    fn a_text_becomes_a_native_string() {
        writes(LATIN_1, "/tea", "/tea");
        writes(LATIN_1, "/café", "/caf\u{c3}\u{a9}");
        writes(LATIN_1, "/茶", "/\u{e8}\u{8c}\u{b6}");
    }
}
