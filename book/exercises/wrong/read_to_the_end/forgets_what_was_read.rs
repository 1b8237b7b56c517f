//! Wrong: what has been read is not taken off from what is left.
//!
//! Breaks PEP 3333, Input and Error Streams: nothing is read past the content of this request
//!
//! The second read goes on as if nothing had been read, into the next request.

fn main() {}

impl<'a> Input<'a> {
    /// At most `size` bytes; without a size all that is left.
    fn read(&mut self, size: Option<usize>) -> &'a str {
        let length = size.unwrap_or(self.left).min(self.left);
        self.take(length)
    }

    /// The next line, with its line feed.
    fn readline(&mut self) -> &'a str {
        let content = &self.connection[..self.left.min(self.connection.len())];
        let length = content.find('\n').map_or(content.len(), |at| at + 1);
        self.take(length)
    }

    /// Takes so many bytes out of the connection.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.connection.split_at(length.min(self.connection.len()));
        self.connection = rest;
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
