//! Wrong: an empty block is not handed on.
//!
//! Breaks PEP 3333, Middleware Handling of Block Boundaries: for each block of the application there is one, an empty one if need be
//!
//! An empty block has no content, so it seems to be of no use. It says that it is the
//! gateway's turn.

fn main() {}

impl<I: Iterator<Item = Vec<u8>>> Numbered<I> {
    /// The next block for the gateway; `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>> {
        let mut next = self.application.next();
        while next.as_ref().is_some_and(Vec::is_empty) {
            next = self.application.next();
        }
        let Some(block) = next else {
            let is_left = !std::mem::replace(&mut self.ended, true) && !self.line.is_empty();
            return is_left.then(|| self.take_line());
        };
        let mut out = Vec::new();
        for byte in block {
            self.line.push(byte);
            if byte == b'\n' {
                out.extend(self.take_line());
            }
        }
        Some(out)
    }

    /// The line that has come so far, with its number.
    fn take_line(&mut self) -> Vec<u8> {
        self.number += 1;
        [format!("{} ", self.number).into_bytes(), std::mem::take(&mut self.line)].concat()
    }
}

/// Numbers the lines of an application's content.
struct Numbered<I> {
    /// The application's blocks.
    application: I,
    /// The line of which the end has not come yet.
    line: Vec<u8>,
    /// The number of the last line that was handed on.
    number: usize,
    /// Whether the application has no more.
    ended: bool,
}
