//! Wrong: an empty block is taken for the end.
//!
//! Breaks PEP 3333, Middleware Handling of Block Boundaries: nothing is lost, and nothing is changed but what was meant to be
//!
//! `read` returns nothing at the end of a file, and so it is in Python. A body ends when
//! it says so, not when it has nothing to say.

fn main() {}

impl<I: Iterator<Item = Vec<u8>>> Numbered<I> {
    /// The next block for the gateway; `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>> {
        let block = self.application.next().filter(|block| !block.is_empty());
        let Some(block) = block else {
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
