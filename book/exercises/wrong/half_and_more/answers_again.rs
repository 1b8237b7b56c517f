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

#[cfg(test)]
mod tests {
    use super::*;

    const TOGETHER: &str =
        "RFC 9112 §9.3.2: requests that come together are answered in their order, each once";
    const KEPT: &str = "RFC 9112 §2.2: what has come of a head is kept until the rest has come";

    #[track_caller]
    fn holds<S, E>(seen: S, expected: E, rule: &str)
    where
        S: PartialEq<E> + std::fmt::Debug,
        E: std::fmt::Debug,
    {
        assert!(seen == expected, "{rule}\n{seen:?} instead of {expected:?}");
    }

    /// What each of these pieces, one after the other, lets the server answer.
    fn answers(pieces: &[&str]) -> Vec<Vec<String>> {
        let mut connection = Connection::default();
        pieces.iter().map(|piece| connection.came(piece.as_bytes())).collect()
    }

    #[test]
    fn two_in_one_piece_are_both_answered() {
        let seen = answers(&["GET /a\r\n\r\nGET /b\r\nHost: x\r\n\r\n"]);
        holds(seen, [vec!["GET /a", "GET /b"]], TOGETHER);
    }

    #[test]
    fn one_in_three_pieces_is_answered_once() {
        let seen = answers(&["GET /a\r", "\nHost: x\r\n", "\r\n"]);
        holds(seen, [vec![], vec![], vec!["GET /a"]], KEPT);
    }

    #[test]
    fn the_end_of_one_and_the_beginning_of_another() {
        let seen = answers(&["GET /a\r\n\r\nGET", " /b\r\n\r\n"]);
        holds(seen, [vec!["GET /a"], vec!["GET /b"]], KEPT);
    }

    #[test]
    fn three_in_a_row_and_nothing_left() {
        let seen = answers(&["GET /a\r\n\r\n", "GET /b\r\n\r\nGET /c\r\n\r\n", ""]);
        holds(seen, [vec!["GET /a"], vec!["GET /b", "GET /c"], vec![]], TOGETHER);
    }
}
