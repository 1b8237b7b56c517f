//! Wrong: a length that nobody gave is taken for 0.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: without it all blocks are sent
//!
//! Most applications give none, and have content.

fn main() {}

/// What is sent of these blocks, and how the response ends.
fn send(promised: Option<usize>, blocks: &[&str]) -> (String, Ending) {
    let promised = promised.unwrap_or(0);
    let all = blocks.concat();
    if all.len() > promised {
        return (all[..promised].to_owned(), Ending::TooMuch);
    }
    if all.len() < promised { (all, Ending::TooLittle) } else { (all, Ending::Whole) }
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
