//! Wrong: each block is taken for whole lines.
//!
//! Breaks PEP 3333, Middleware Handling of Block Boundaries: nothing is lost, and nothing is changed but what was meant to be
//!
//! In the tests that one writes oneself each block is a line. A gateway, a template, a
//! file wrapper cut where they like.

fn main() {}

impl<I: Iterator<Item = Vec<u8>>> Numbered<I> {
    /// The next block for the gateway; `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>> {
        let block = self.application.next()?;
        let mut out = Vec::new();
        for line in block.split_inclusive(|byte| *byte == b'\n') {
            self.line = line.to_vec();
            out.extend(self.take_line());
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
