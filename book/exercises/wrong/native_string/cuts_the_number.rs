//! Wrong: a number above 255 loses its upper part.
//!
//! Breaks PEP 3333, Unicode Issues: a native string holds the characters U+0000 to U+00FF only
//!
//! `as u8` keeps the last eight bits. The character U+0141 becomes an A, and a string that
//! no gateway should have passed becomes a path that somebody did not ask for.

fn main() {}

/// The text that a native string means, if its bytes are UTF-8.
fn text_of(native: &str) -> Option<String> {
    let bytes = native.chars().map(|character| u32::from(character) as u8).collect();
    String::from_utf8(bytes).ok()
}

/// A text as a native string: Python's `text.encode('utf-8').decode('latin-1')`.
fn native_of(text: &str) -> String {
    text.bytes().map(char::from).collect()
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
