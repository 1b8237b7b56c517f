//! Wrong: what the server counts stands above what the application has said.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: a length that the application has said stays as it is
//!
//! The answer to HEAD has the length that GET would have, and an empty block.

fn main() {}

/// The Content-Length to send, if the length of the content is known.
fn known_length(said: Option<usize>, content: &Content) -> Option<usize> {
    let is_only_one = content.len == Some(1);
    if is_only_one { Some(content.first.len()) } else { said }
}

/// What an application has returned, as far as a server knows it.
struct Content {
    /// What Python's `len()` says; a generator has none.
    len: Option<usize>,
    /// The first block.
    first: &'static [u8],
}
