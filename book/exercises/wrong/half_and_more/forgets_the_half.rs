//! Wrong: what is not whole is thrown away.
//!
//! Breaks RFC 9112 §2.2: what has come of a head is kept until the rest has come
//!
//! The rest of the head comes with the next piece, and is no request by itself.

fn main() {}

impl Connection {
    /// A piece has come: the first lines of the requests that are whole now.
    fn came(&mut self, piece: &[u8]) -> Vec<String> {
        self.unread = piece.to_vec();
        let mut answers = Vec::new();
        while let Some(end) = end_of_head(&self.unread) {
            let head: Vec<u8> = self.unread.drain(..end).collect();
            answers.push(first_line(&head));
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
