//! The end of the content is not the end of the connection.
//!
//! Chapter 6 · PEP 3333, Input and Error Streams · book/src/ch06-wsgi-server/python-call.md
//!
//! ```text
//! POST /sign HTTP/1.1
//! Content-Length: 8
//!
//! name=ZoeGET / HTTP/1.1
//! ```
//!
//! An application reads its form with `wsgi.input.read()`, and expects all of it, and an end.
//! But the connection does not end there: the next request follows, or a browser waits for its
//! answer. A server that hands on the socket itself gives the next request away as content, or
//! waits for ever. So `wsgi.input` counts.
//!
//! [PEP 3333](https://peps.python.org/pep-3333/#input-and-error-streams) says what a server
//! does when an application reads on.

fn main() {
    // A place to try things: `cargo run --bin read_to_the_end`.
}

impl<'a> Input<'a> {
    /// At most `size` bytes; without a size all that is left.
    fn read(&mut self, size: Option<usize>) -> &'a str {
        let length = size.unwrap_or(self.left).min(self.left);
        self.take(length)
    }

    /// The next line, with its line feed.
    fn readline(&mut self) -> &'a str {
        let content = &self.connection[..self.left];
        let length = content.find('\n').map_or(content.len(), |at| at + 1);
        self.take(length)
    }

    /// Takes so many bytes out of the connection.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.connection.split_at(length);
        self.connection = rest;
        self.left -= length;
        taken
    }
}

/// `wsgi.input` of one request.
struct Input<'a> {
    /// What the client has sent: this content, and what follows.
    connection: &'a str,
    /// How much of it still belongs to this content.
    left: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAST: &str =
        "PEP 3333, Input and Error Streams: nothing is read past the content of this request";
    const ALL: &str =
        "PEP 3333, Input and Error Streams: read() without a size gives all that is left";
    const LINE: &str = "PEP 3333, Input and Error Streams: a line ends with its line feed, or where the content ends";

    #[track_caller]
    fn holds<S, E>(seen: S, expected: E, rule: &str)
    where
        S: PartialEq<E> + std::fmt::Debug,
        E: std::fmt::Debug,
    {
        assert!(seen == expected, "{rule}\n{seen:?} instead of {expected:?}");
    }

    /// A content, and the next request right behind it.
    fn input(connection: &str) -> Input<'_> {
        let left = connection.find("GET").unwrap_or(connection.len());
        Input { connection, left }
    }

    #[test]
    fn without_a_size_all_of_it_is_read() {
        let mut input = input("name=Zoe&mail=GET / HTTP/1.1\n\n");
        let all = input.read(None);
        holds(all.contains("GET"), false, PAST);
        holds(all, "name=Zoe&mail=", ALL);
        holds(input.read(None), "", PAST);
        holds(input.connection, "GET / HTTP/1.1\n\n", PAST);
    }

    #[test]
    fn with_a_size_no_more_than_that_is_read() {
        let mut input = input("0123456789GET / HTTP/1.1\n\n");
        holds(input.read(Some(4)), "0123", PAST);
        holds(input.read(Some(0)), "", PAST);
        holds(input.read(None), "456789", ALL);
    }

    #[test]
    fn a_size_beyond_the_end_reads_to_the_end() {
        let mut input = input("0123456789GET / HTTP/1.1\n\n");
        holds(input.read(Some(6)), "012345", PAST);
        holds(input.read(Some(100)), "6789", PAST);
        holds(input.read(Some(100)), "", PAST);
    }

    #[test]
    fn lines_keep_their_line_feed_and_the_last_may_have_none() {
        let mut input = input("one\n\nthreeGET / HTTP/1.1\n\n");
        holds(input.readline(), "one\n", LINE);
        holds(input.readline(), "\n", LINE);
        holds(input.readline(), "three", LINE);
        holds(input.readline(), "", LINE);
        holds(input.connection, "GET / HTTP/1.1\n\n", PAST);
    }
}
