//! Whoever promises a length has to be held to it.
//!
//! Chapter 6 · PEP 3333, Handling the Content-Length Header · book/src/ch06-wsgi-server/promises.md
//!
//! The client takes as many bytes for this response as Content-Length says. One byte more is
//! the beginning of the next response to it; one less, and it takes the next response for the
//! end of this one. So a gateway counts, and when something is wrong it ends the connection.

fn main() {
    // A place to try things: `cargo run --bin count_the_content`.
}

/// What is sent of these blocks, and how the response ends.
fn send(promised: Option<usize>, blocks: &[&str]) -> (String, Ending) {
    let mut sent = String::new();
    for block in blocks {
        let owed = promised.map_or(block.len(), |promised| promised - sent.len());
        sent.push_str(&block[..block.len().min(owed)]);
        if block.len() > owed {
            return (sent, Ending::TooMuch);
        }
    }
    match promised {
        Some(promised) if sent.len() < promised => (sent, Ending::TooLittle),
        _ => (sent, Ending::Whole),
    }
}

/// How a response ends.
#[derive(Debug, PartialEq)]
enum Ending {
    /// As it should; the connection may be used again.
    Whole,
    /// There was more. What was promised is sent, and the connection closes.
    TooMuch,
    /// There was less. The connection closes, so that the client can tell.
    TooLittle,
}

#[cfg(test)]
mod tests {
    use super::*;

    const MORE: &str =
        "PEP 3333, Handling the Content-Length Header: not more than Content-Length says is sent";
    const LESS: &str =
        "PEP 3333, Handling the Content-Length Header: fewer bytes than it says end the connection";
    const NO_PROMISE: &str =
        "PEP 3333, Handling the Content-Length Header: without it all blocks are sent";

    #[track_caller]
    fn holds<S, E>(seen: S, expected: E, rule: &str)
    where
        S: PartialEq<E> + std::fmt::Debug,
        E: std::fmt::Debug,
    {
        assert!(seen == expected, "{rule}\n{seen:?} instead of {expected:?}");
    }

    #[track_caller]
    fn check(promised: Option<usize>, blocks: &[&str], expected: (&str, Ending), rule: &str) {
        let (sent, ending) = send(promised, blocks);
        holds((sent.as_str(), ending), expected, rule);
    }

    #[test]
    fn what_was_promised_is_sent() {
        check(Some(5), &["hel", "lo"], ("hello", Ending::Whole), MORE);
        check(Some(0), &[], ("", Ending::Whole), LESS);
        check(Some(5), &["hello", ""], ("hello", Ending::Whole), MORE);
    }

    #[test]
    fn not_a_byte_more() {
        check(Some(5), &["hello, world"], ("hello", Ending::TooMuch), MORE);
        check(Some(5), &["hel", "lo", "!", "?"], ("hello", Ending::TooMuch), MORE);
        check(Some(0), &["x"], ("", Ending::TooMuch), MORE);
    }

    #[test]
    fn not_a_byte_less_without_a_word() {
        check(Some(5), &["hell"], ("hell", Ending::TooLittle), LESS);
        check(Some(5), &[], ("", Ending::TooLittle), LESS);
    }

    #[test]
    fn without_a_promise_there_is_nothing_to_keep() {
        check(None, &["hel", "lo"], ("hello", Ending::Whole), NO_PROMISE);
        check(None, &[], ("", Ending::Whole), NO_PROMISE);
    }
}
