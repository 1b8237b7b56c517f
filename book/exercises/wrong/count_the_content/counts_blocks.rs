//! Wrong: a block behind the last promised byte is too much, also if it is empty.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: not more than Content-Length says is sent
//!
//! It is bytes that are counted, and an application may yield blocks that have none.

fn main() {}

/// What is sent of these blocks, and how the response ends.
fn send(promised: Option<usize>, blocks: &[&str]) -> (String, Ending) {
    let mut sent = String::new();
    for block in blocks {
        let owed = promised.map_or(usize::MAX, |promised| promised - sent.len());
        if owed == 0 || block.len() > owed {
            sent.push_str(&block[..block.len().min(owed)]);
            return (sent, Ending::TooMuch);
        }
        sent.push_str(block);
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
