//! Wrong: the end of the blocks is the end of the response.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: fewer bytes than it says end the connection
//!
//! The client waits for the bytes that are missing, and takes them from the next response.

fn main() {}

/// What is sent of these blocks, and how the response ends.
fn send(promised: Option<usize>, blocks: &[&str]) -> (String, Ending) {
    let all = blocks.concat();
    let most = promised.unwrap_or(all.len());
    if all.len() > most {
        return (all[..most].to_owned(), Ending::TooMuch);
    }
    (all, Ending::Whole)
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
