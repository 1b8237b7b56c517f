//! Wrong: `len()` is taken for the length in bytes.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: if len() is 1, the first block is the whole content
//!
//! It counts the items of a list. One of them may hold a megabyte.

fn main() {}

/// The Content-Length to send, if the length of the content is known.
fn known_length(said: Option<usize>, content: &Content) -> Option<usize> {
    let is_only_one = content.len == Some(1);
    said.or_else(|| if is_only_one { content.len } else { None })
}

/// What an application has returned, as far as a server knows it.
struct Content {
    /// What Python's `len()` says; a generator has none.
    len: Option<usize>,
    /// The first block.
    first: &'static [u8],
}
