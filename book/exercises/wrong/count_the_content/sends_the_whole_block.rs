//! Wrong: a block that does not fit is sent all the same.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: not more than Content-Length says is sent
//!
//! The client takes the rest of it for the next response.

fn main() {}

/// What is sent of these blocks, and how the response ends.
fn send(promised: Option<usize>, blocks: &[&str]) -> (String, Ending) {
    let sent = blocks.concat();
    match promised {
        Some(promised) if sent.len() < promised => (sent, Ending::TooLittle),
        Some(promised) if sent.len() > promised => (sent, Ending::TooMuch),
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
