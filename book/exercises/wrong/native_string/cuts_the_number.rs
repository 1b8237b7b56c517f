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
