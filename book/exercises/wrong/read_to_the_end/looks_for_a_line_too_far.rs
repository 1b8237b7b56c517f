//! Wrong: the line feed is looked for beyond the content.
//!
//! Breaks PEP 3333, Input and Error Streams: a line ends with its line feed, or where the content ends
//!
//! A form has no line feed at its end. The first line of the next request has.

fn main() {}

impl<'a> Input<'a> {
    /// At most `size` bytes; without a size all that is left.
    fn read(&mut self, size: Option<usize>) -> &'a str {
        let length = size.unwrap_or(self.left).min(self.left);
        self.take(length)
    }

    /// The next line, with its line feed.
    fn readline(&mut self) -> &'a str {
        let length = self.connection.find('\n').map_or(self.left, |at| at + 1);
        self.take(length)
    }

    /// Takes so many bytes out of the connection.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.connection.split_at(length.min(self.connection.len()));
        self.connection = rest;
        self.left = self.left.saturating_sub(length);
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
