//! Wrong: what is no byte is left out.
//!
//! Breaks PEP 3333, Unicode Issues: a native string holds the characters U+0000 to U+00FF only
//!
//! `filter_map` and `ok` together drop it without a word.

fn main() {}

/// The text that a native string means, if its bytes are UTF-8.
fn text_of(native: &str) -> Option<String> {
    let bytes = native.chars().filter_map(|character| u8::try_from(u32::from(character)).ok());
    String::from_utf8(bytes.collect()).ok()
}

/// A text as a native string: Python's `text.encode('utf-8').decode('latin-1')`.
fn native_of(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
