//! Wrong: percent signs are decoded once more.
//!
//! Breaks PEP 3333, Unicode Issues: each character stands for the byte of its number
//!
//! The server has decoded the path. A percent sign that is left is one that the client
//! meant: `%2520` was `%20` in the name of a file.

fn main() {}

/// The text that a native string means, if its bytes are UTF-8.
fn text_of(native: &str) -> Option<String> {
    let native = native.replace("%20", " ");
    let bytes: Option<Vec<u8>> =
        native.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

/// A text as a native string: Python's `text.encode('utf-8').decode('latin-1')`.
fn native_of(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
