//! Wrong: what was answered is not taken out of the buffer.
//!
//! Breaks RFC 9112 §9.3.2: requests that come together are answered in their order, each once
//!
//! With the next piece the same request is answered once more.

fn main() {}

impl Connection {
    /// A piece has come: the first lines of the requests that are whole now.
    fn came(&mut self, piece: &[u8]) -> Vec<String> {
        self.unread.extend_from_slice(piece);
        let (mut answers, mut at) = (Vec::new(), 0);
        while let Some(end) = end_of_head(&self.unread[at..]) {
            answers.push(first_line(&self.unread[at..at + end]));
            at += end;
        }
        answers
    }
}

/// A connection, between two pieces.
#[derive(Default)]
struct Connection {
    /// What has come and is not used up.
    unread: Vec<u8>,
}

/// Where the first head ends, if all of it is there.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// The first line of a head.
fn first_line(head: &[u8]) -> String {
    String::from_utf8_lossy(head).lines().next().unwrap_or_default().to_owned()
}
