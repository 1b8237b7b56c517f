//! Wrong: all blocks are taken to be as long as the first.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: without a len() of 1 the length is not known
//!
//! The last block of a file is hardly ever as long as the others.

fn main() {}

/// The Content-Length to send, if the length of the content is known.
fn known_length(said: Option<usize>, content: &Content) -> Option<usize> {
    said.or_else(|| content.len.map(|len| len * content.first.len()))
}

/// What an application has returned, as far as a server knows it.
struct Content {
    /// What Python's `len()` says; a generator has none.
    len: Option<usize>,
    /// The first block.
    first: &'static [u8],
}
