//! Content on a terminal: as much as can be read, and nothing that acts.
//!
//! Chapter 1
//!
//! *Strategy*: content comes in pieces that are cut anywhere, inside a letter
//! even, so whole lines are shown, and a line that is not whole waits for the
//! next piece. After some lines the rest is only counted.

use std::io::{self, Write};

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::xray::visible;

/// The most lines that are shown.
const LINES: usize = 20;
/// The most bytes that are shown.
const BYTES: usize = 1_600;

/// Shows content as it comes.
#[derive(Debug)]
pub(super) struct Shown {
    is_text: bool,
    lines: usize,
    bytes: usize,
    /// The beginning of a line whose end has not come.
    unfinished: Vec<u8>,
    not_shown: u64,
}

impl Shown {
    /// For content that these fields describe.
    pub(super) fn described_by(fields: &HeaderMap) -> Self {
        Shown { is_text: is_text(fields), ..Self::any() }
    }

    /// For content of any kind.
    pub(super) fn any() -> Self {
        Shown { is_text: true, lines: 0, bytes: 0, unfinished: Vec::new(), not_shown: 0 }
    }

    /// Shows the next piece.
    pub(super) fn piece(&mut self, piece: &[u8], out: &mut dyn Write) -> io::Result<()> {
        for line in piece.split_inclusive(|&byte| byte == b'\n') {
            let room = if self.is_text && self.lines < LINES { BYTES - self.bytes } else { 0 };
            let (shown, rest) = line.split_at(line.len().min(room));
            self.not_shown += rest.len() as u64;
            self.bytes += shown.len();
            self.unfinished.extend_from_slice(shown);
            if shown.ends_with(b"\n") {
                self.end_line(out)?;
            }
        }
        Ok(())
    }

    /// Ends what is shown: how many bytes were not.
    pub(super) fn end(&mut self, out: &mut dyn Write) -> io::Result<u64> {
        if !self.unfinished.is_empty() {
            self.end_line(out)?;
        }
        Ok(self.not_shown)
    }

    /// Whether there was nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0 && self.not_shown == 0
    }

    /// Whether the content is worth showing on a terminal.
    pub(super) fn is_text(&self) -> bool {
        self.is_text
    }

    fn end_line(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let line = std::mem::take(&mut self.unfinished);
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // A tab would be shown as its picture; here it is what indents a line.
        let shown: Vec<_> = line.split(|&byte| byte == b'\t').map(visible).collect();
        writeln!(out, "  │{}{}", if line.is_empty() { "" } else { " " }, shown.join("    "))?;
        self.lines += 1;
        out.flush()
    }
}

/// Whether the fields describe text. What does not say its media type may be
/// anything: it is shown, since nothing that is shown can do harm.
fn is_text(fields: &HeaderMap) -> bool {
    if fields.contains_key(CONTENT_ENCODING) {
        return false;
    }
    let Some(media_type) = fields.get(CONTENT_TYPE) else { return true };
    let whole = media_type.as_bytes().to_ascii_lowercase();
    let essence = whole.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    let ends = [&b"json"[..], b"xml", b"javascript", b"x-www-form-urlencoded"];
    essence.starts_with(b"text/") || ends.iter().any(|end| essence.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows content that comes in pieces of every size: always the same.
    #[track_caller]
    fn check(content: &[u8], expected: &str, not_shown: u64) {
        for size in [1, 2, 3, 7, content.len().max(1)] {
            let (mut shown, mut out) = (Shown::any(), Vec::new());
            for piece in content.chunks(size) {
                shown.piece(piece, &mut out).unwrap();
            }
            assert_eq!(shown.end(&mut out).unwrap(), not_shown, "by {size}");
            assert_eq!(String::from_utf8(out).unwrap(), expected, "by {size}");
        }
    }

    #[test]
    fn lines_are_shown_whole_however_they_come() {
        check(b"", "", 0);
        check(b"a\n\nb", "  │ a\n  │\n  │ b\n", 0);
        check("grüß\r\n\tGott".as_bytes(), "  │ grüß\n  │     Gott\n", 0);
    }

    #[test]
    fn nothing_that_is_shown_acts_on_the_terminal() {
        let (mut shown, mut out) = (Shown::any(), Vec::new());
        let every_byte: Vec<u8> = (0..=255).collect();
        shown.piece(&every_byte, &mut out).unwrap();
        shown.end(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }

    #[test]
    fn after_some_lines_the_rest_is_counted() {
        let expected = "  │ x\n".repeat(LINES);
        check("x\n".repeat(LINES + 5).as_bytes(), &expected, 10);
        let long = "y".repeat(BYTES + 7);
        check(long.as_bytes(), &format!("  │ {}\n", &long[7..]), 7);
    }

    #[test]
    fn text_is_what_calls_itself_text() {
        let described = |media_type: &'static str| {
            let value = http::HeaderValue::from_static(media_type);
            is_text(&HeaderMap::from_iter([(CONTENT_TYPE, value)]))
        };
        for text in ["text/html", "TEXT/Plain; charset=utf-8", "application/json", "image/svg+xml"]
        {
            assert!(described(text), "{text}");
        }
        for binary in ["image/png", "application/octet-stream", "application/gzip", ""] {
            assert!(!described(binary), "{binary}");
        }
        let coded = http::HeaderValue::from_static("gzip");
        assert!(!is_text(&HeaderMap::from_iter([(CONTENT_ENCODING, coded)])));
    }
}
