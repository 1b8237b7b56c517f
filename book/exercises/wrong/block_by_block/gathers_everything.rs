//! Wrong: the whole content is gathered first.
//!
//! Breaks PEP 3333, Middleware Handling of Block Boundaries: the next block is not asked for before something has been handed on
//!
//! Simple, and right for short pages. A download of two gigabytes has to fit into memory,
//! and begins when it is finished.

fn main() {}

impl<I: Iterator<Item = Vec<u8>>> Numbered<I> {
    /// The next block for the gateway; `None` at the end.
    fn next(&mut self) -> Option<Vec<u8>> {
        if std::mem::replace(&mut self.ended, true) {
            return None;
        }
        let mut out = Vec::new();
        for byte in self.application.by_ref().flatten().collect::<Vec<u8>>() {
            self.line.push(byte);
            if byte == b'\n' {
                out.extend(self.take_line());
            }
        }
        if !self.line.is_empty() {
            out.extend(self.take_line());
        }
        (!out.is_empty()).then_some(out)
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
