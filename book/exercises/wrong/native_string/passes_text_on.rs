//! Wrong: a text is passed on as it is.
//!
//! Breaks PEP 3333, Unicode Issues: a native string holds the characters U+0000 to U+00FF only
//!
//! `"/茶"` is a fine `str` and no native string: its character has the number 33590.
//! `start_response` refuses it.

fn main() {}

/// The text that a native string means, if its bytes are UTF-8.
fn text_of(native: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> =
        native.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

/// A text as a native string: Python's `text.encode('utf-8').decode('latin-1')`.
fn native_of(text: &str) -> String {
    text.to_owned()
}
