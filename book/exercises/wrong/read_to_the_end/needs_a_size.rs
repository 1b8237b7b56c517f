//! Wrong: without a size nothing is read.
//!
//! Breaks PEP 3333, Input and Error Streams: read() without a size gives all that is left
//!
//! Frameworks call `read()` as often as `read(size)`.

fn main() {}

impl<'a> Input<'a> {
    /// At most `size` bytes; without a size all that is left.
    fn read(&mut self, size: Option<usize>) -> &'a str {
        let length = size.unwrap_or(0).min(self.left);
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
