//! What a program complains of, line by line, for the log.
//!
//! Chapter 4
//!
//! *Strategy*: a program may write anything to its standard error, and what it
//! writes may come from a client. So each line carries the program's name, and
//! whatever could forge a line or move a cursor is escaped.

use std::fmt;

/// A longer line is cut into several.
const LONGEST: usize = 8 * 1024;

/// Takes bytes and logs lines.
#[derive(Debug)]
pub struct ErrorLines<N: fmt::Display = String> {
    name: N,
    line: Vec<u8>,
}

impl<N: fmt::Display> ErrorLines<N> {
    /// The lines of the program with this name. It is written down for a
    /// complaint only, and most requests have none.
    #[must_use]
    pub fn of(name: N) -> Self {
        ErrorLines { name, line: Vec::new() }
    }

    /// Takes more bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            for part in piece.chunks(LONGEST) {
                if self.line.len() + part.len() > LONGEST {
                    self.end_line();
                }
                self.line.extend_from_slice(part);
            }
            if piece.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = self.line.trim_ascii_end();
        if !line.is_empty() {
            log::warn!("{}: {}", self.name, shown(line));
        }
        self.line.clear();
    }
}

impl<N: fmt::Display> Drop for ErrorLines<N> {
    fn drop(&mut self) {
        self.end_line();
    }
}

/// The line as it can be printed: text as it is, control bytes escaped.
pub(crate) fn shown(line: &[u8]) -> String {
    let mut shown = String::new();
    for character in String::from_utf8_lossy(line).chars() {
        if character.is_control() && character != '\t' {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_cannot_move_the_cursor_or_forge_a_line() {
        assert_eq!(shown("é\t\u{1b}[2J\r\u{9b}".as_bytes()), "é\t\\u{1b}[2J\\r\\u{9b}");
    }
}
