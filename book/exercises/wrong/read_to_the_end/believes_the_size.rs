//! Wrong: as much is read as the application asks for.
//!
//! Breaks PEP 3333, Input and Error Streams: nothing is read past the content of this request
//!
//! Applications ask for 64 KiB at a time and read until nothing comes. The last time less is left.

fn main() {}

impl<'a> Input<'a> {
    /// At most `size` bytes; without a size all that is left.
    fn read(&mut self, size: Option<usize>) -> &'a str {
        let length = size.unwrap_or(self.left);
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
