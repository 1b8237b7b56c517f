//! Wrong: no `len()` is taken for a `len()` of 1.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: without a len() of 1 the length is not known
//!
//! A generator that streams a table is cut after its first row.

fn main() {}

/// The Content-Length to send, if the length of the content is known.
fn known_length(said: Option<usize>, content: &Content) -> Option<usize> {
    let is_only_one = content.len.unwrap_or(1) == 1;
    said.or(is_only_one.then_some(content.first.len()))
}

/// What an application has returned, as far as a server knows it.
struct Content {
    /// What Python's `len()` says; a generator has none.
    len: Option<usize>,
    /// The first block.
    first: &'static [u8],
}
