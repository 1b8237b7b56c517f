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
