//! What the server may know of a content that it has not seen.
//!
//! Chapter 6 · PEP 3333, Handling the Content-Length Header · book/src/ch06-wsgi-server/python-call.md
//!
//! An application returns an iterable, and has said no length. Whoever sends a Content-Length
//! may send head and content in one write, and the client needs no chunks. So a server would
//! like to know the length, and it has one block in its hand: the first. How many more will
//! come? A list says so when Python asks for its `len()`. A generator has none, and only the
//! end will tell.
//!
//! [PEP 3333](https://peps.python.org/pep-3333/#handling-the-content-length-header) names the
//! one case in which a server may work it out.

fn main() {
    // A place to try things: `cargo run --bin known_length`.
}

/// The Content-Length to send, if the length of the content is known.
fn known_length(said: Option<usize>, content: &Content) -> Option<usize> {
    let is_only_one = content.len == Some(1);
    said.or(is_only_one.then_some(content.first.len()))
}

/// What an application has returned, as far as a server knows it.
struct Content {
    /// What Python's `len()` says; a generator has none.
    len: Option<usize>,
    /// The first block.
    first: &'static [u8],
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "PEP 3333, Handling the Content-Length Header: a length that the application has said stays as it is";
    const ONE: &str = "PEP 3333, Handling the Content-Length Header: if len() is 1, the first block is the whole content";
    const UNKNOWN: &str = "PEP 3333, Handling the Content-Length Header: without a len() of 1 the length is not known";

    #[track_caller]
    fn check(said: Option<usize>, len: Option<usize>, expected: Option<usize>, rule: &str) {
        let answer = known_length(said, &Content { len, first: "café".as_bytes() });
        assert!(
            answer == expected,
            "{rule}\n  said: {said:?}, len(): {len:?}, a first block of 5 bytes\n  \
             your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    #[test]
    fn one_block_is_the_content() {
        check(None, Some(1), Some(5), ONE);
        let empty = Content { len: Some(1), first: b"" };
        let answer = known_length(None, &empty);
        assert!(answer == Some(0), "{ONE}\n{answer:?} for one block of 0 bytes");
    }

    #[test]
    fn of_several_blocks_the_first_says_little() {
        check(None, Some(2), None, UNKNOWN);
        check(None, Some(1000), None, UNKNOWN);
    }

    #[test]
    fn a_generator_may_go_on_after_its_first_block() {
        check(None, None, None, UNKNOWN);
    }

    #[test]
    fn the_application_knows_best() {
        check(Some(12), Some(3), Some(12), SAID);
        check(Some(12), None, Some(12), SAID);
        check(Some(4), Some(1), Some(4), SAID);
    }
}
