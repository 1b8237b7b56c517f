//! Wrong: it asks until there is a whole line.
//!
//! Breaks PEP 3333, Middleware Handling of Block Boundaries: the next block is not asked for before something has been handed on
//!
//! The most natural loop. A page that shows its progress word by word shows nothing until
//! the line is full.

fn main() {}

impl<I: Iterator<Item = Vec<u8>>> Numbered<I> {
    /// The next block for the gateway; `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let Some(block) = self.application.next() else {
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
            if !out.is_empty() {
                return Some(out);
            }
        }
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
