//! Wrong: the bytes of the `str` are taken, not those it stands for.
//!
//! Breaks PEP 3333, Unicode Issues: each character stands for the byte of its number
//!
//! `as_bytes` gives the UTF-8 of `Ã©`, four bytes. The encoding has been applied twice.

fn main() {}

/// The text that a native string means, if its bytes are UTF-8.
fn text_of(native: &str) -> Option<String> {
    String::from_utf8(native.as_bytes().to_vec()).ok()
}

/// A text as a native string: Python's `text.encode('utf-8').decode('latin-1')`.
fn native_of(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
