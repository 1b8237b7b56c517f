//! Wrong: what is too much is cut off, and all is well.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: not more than Content-Length says is sent
//!
//! An application that counts wrongly is not to be trusted with the next response on this connection.

fn main() {}

/// What is sent of these blocks, and how the response ends.
fn send(promised: Option<usize>, blocks: &[&str]) -> (String, Ending) {
    let all = blocks.concat();
    let most = promised.unwrap_or(all.len()).min(all.len());
    let sent = all[..most].to_owned();
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
