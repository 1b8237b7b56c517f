//! Wrong: the first block is taken for the whole content.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: without a len() of 1 the length is not known
//!
//! The client reads as much as was said, and takes the second block for the next response.

fn main() {}

/// The Content-Length to send, if the length of the content is known.
fn known_length(said: Option<usize>, content: &Content) -> Option<usize> {
    said.or(Some(content.first.len()))
}

/// What an application has returned, as far as a server knows it.
struct Content {
    /// What Python's `len()` says; a generator has none.
    len: Option<usize>,
    /// The first block.
    first: &'static [u8],
}
