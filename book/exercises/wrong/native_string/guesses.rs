//! Wrong: what is no UTF-8 is replaced by question marks.
//!
//! Breaks PEP 3333, Unicode Issues: bytes that are no UTF-8 are no text, and are not guessed
//!
//! `from_utf8_lossy` never fails. Two different paths become the same text, and the file
//! that is looked for is another than the one that was asked for.

fn main() {}

/// The text that a native string means, if its bytes are UTF-8.
fn text_of(native: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> =
        native.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    Some(String::from_utf8_lossy(&bytes?).into_owned())
}

/// A text as a native string: Python's `text.encode('utf-8').decode('latin-1')`.
fn native_of(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
