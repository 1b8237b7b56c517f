//! Wrong: a line comes without its line feed.
//!
//! Breaks PEP 3333, Input and Error Streams: a line ends with its line feed, or where the content ends
//!
//! An empty line then looks like the end of the content, and half of an upload is lost.

fn main() {}

impl<'a> Input<'a> {
    /// At most `size` bytes; without a size all that is left.
    fn read(&mut self, size: Option<usize>) -> &'a str {
        let length = size.unwrap_or(self.left).min(self.left);
        self.take(length)
    }

    /// The next line, with its line feed.
    fn readline(&mut self) -> &'a str {
        let content = &self.connection[..self.left];
        match content.find('\n') {
            Some(at) => self.take(at + 1).trim_end_matches('\n'),
            None => self.take(self.left),
        }
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
