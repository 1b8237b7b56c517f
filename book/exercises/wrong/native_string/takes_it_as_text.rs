//! Wrong: the string is taken for what it looks like.
//!
//! Breaks PEP 3333, Unicode Issues: each character stands for the byte of its number
//!
//! It is a `str`, so it is text, is it not? It is; but not the text that was meant.

fn main() {}

/// The text that a native string means, if its bytes are UTF-8.
fn text_of(native: &str) -> Option<String> {
    Some(native.to_owned())
}

/// A text as a native string: Python's `text.encode('utf-8').decode('latin-1')`.
fn native_of(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
