//! Spans as text for a terminal: bytes on the left, what they are on the right.
//!
//! *Strategy*: one row for each part that is worth one, two columns that wrap.
//! Every byte of a head is shown; long content is cut, and the row says how
//! much of it is not shown.

use std::fmt::Write;

use super::visible::{columns, glyphs, grouped};
use super::{Annotated, Kind, Span, Vocabulary};

/// How wide the text is, and whether it has colours.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Columns; 60 at least.
    pub width: usize,
    /// Colours, for terminals alone.
    pub colour: Colour,
}

/// Whether text has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Letters alone.
    Plain,
    /// The escape sequences that terminals know.
    Ansi,
}

impl Default for Style {
    fn default() -> Self {
        Style { width: 90, colour: Colour::Plain }
    }
}

/// `RFC 9110 §12.5.1`
const SECTION: usize = 16;
/// Spaces between two columns.
const GAP: usize = 2;
/// The most lines of one row of content.
const CONTENT_LINES: usize = 8;

/// Shows every part on a row of its own.
///
/// ```
/// use step1_http_basics::xray::{self, Style};
///
/// let annotated = xray::request(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
/// let shown = xray::text(&annotated, Style { width: 100, ..Style::default() });
/// let rows: Vec<&str> = shown.lines().map(|line| line.split("  ").next().unwrap()).collect();
/// assert_eq!(rows[..4], ["GET␠", "/␠", "HTTP/1.1␍␊", "Host:␠a␍␊"]);
/// ```
#[must_use]
pub fn text<P: Vocabulary>(annotated: &Annotated<'_, P>, style: Style) -> String {
    let room = style.width.max(60) - SECTION - 2 * GAP;
    let left = room * 41 / 70;
    let mut out = String::new();
    for row in annotated.rows() {
        let shown = show(annotated, row, left, style.colour);
        let said = say(row, room - left);
        for at in 0..shown.len().max(said.len()) {
            let (bytes, taken) = shown.get(at).cloned().unwrap_or_default();
            let (words, is_fault) = said.get(at).cloned().unwrap_or_default();
            let section = match row {
                [first, ..] if at == 0 => first.section.to_string(),
                _ => String::new(),
            };
            let pad = " ".repeat((left + GAP).saturating_sub(taken));
            let gap = " ".repeat((room - left + GAP).saturating_sub(columns(&words)));
            let words = if is_fault { paint(&words, "31", style.colour) } else { words };
            let section = paint(&section, "2", style.colour);
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{}", format!("{bytes}{pad}{words}{gap}{section}").trim_end());
        }
    }
    out
}

/// The bytes of a row, in lines; with each the columns that it takes.
fn show<P: Vocabulary>(
    annotated: &Annotated<'_, P>,
    row: &[Span<P>],
    width: usize,
    colour: Colour,
) -> Vec<(String, usize)> {
    let mut lines = vec![(String::new(), 0)];
    let mut left_out = 0;
    for span in row {
        let kind = span.part.kind();
        let may_be_cut = matches!(kind, Kind::Content | Kind::Unread);
        for glyph in glyphs(annotated.bytes_of(span)) {
            let Some((_, taken)) = lines.last() else { continue };
            if taken + glyph.columns > width && !(may_be_cut && lines.len() >= CONTENT_LINES) {
                lines.push((String::new(), 0));
            }
            let is_full = lines.len() > CONTENT_LINES;
            let Some((line, taken)) = lines.last_mut() else { continue };
            if may_be_cut && (left_out > 0 || is_full || *taken + glyph.columns > width) {
                left_out += glyph.bytes;
                continue;
            }
            let is_line_end = may_be_cut && glyph.ascii == Some(b'\n');
            let shape =
                if kind == Kind::Mark && glyph.ascii == Some(b' ') { "␠" } else { &glyph.text };
            line.push_str(&paint(shape, code(kind), colour));
            *taken += glyph.columns;
            if is_line_end {
                lines.push((String::new(), 0));
            }
        }
    }
    if lines.len() > 1 && lines.last().is_some_and(|(line, _)| line.is_empty()) {
        lines.pop();
    }
    if left_out > 0 {
        let more = format!("… {} bytes more", grouped(left_out as u64));
        let taken = columns(&more);
        lines.push((more, taken));
    }
    lines
}

/// What a row is, what it says and what is wrong with it, in lines; with each
/// whether it is about what is wrong.
fn say<P: Vocabulary>(row: &[Span<P>], width: usize) -> Vec<(String, bool)> {
    let Some(first) = row.first() else { return Vec::new() };
    let name = first.part.row().unwrap_or(first.part.name());
    let notes: Vec<&str> = row.iter().filter_map(|span| span.note.as_deref()).collect();
    let words =
        if notes.is_empty() { name.to_owned() } else { format!("{name}: {}", notes.join("; ")) };
    let faults = row.iter().filter_map(|span| span.fault.as_ref());
    let faults = faults.flat_map(|fault| wrap(&format!("✗ {fault}"), width));
    let words = wrap(&words, width).into_iter().map(|line| (line, false));
    words.chain(faults.map(|line| (line, true))).collect()
}

/// Breaks text at spaces, and words that are wider than `width` where they
/// must be, so that no line is wider.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in text.split(' ') {
        let wide = columns(word);
        if taken > 0 && taken + 1 + wide > width {
            lines.push(String::new());
            taken = 0;
        }
        let space = if taken > 0 { " " } else { "" };
        for char in space.chars().chain(word.chars()) {
            let wide = columns(char.encode_utf8(&mut [0; 4]));
            if taken > 0 && taken + wide > width {
                lines.push(String::new());
                taken = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(char);
                taken += wide;
            }
        }
    }
    lines
}

fn paint(text: &str, code: &str, colour: Colour) -> String {
    if colour == Colour::Plain || code.is_empty() || text.is_empty() {
        text.to_owned()
    } else {
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// How a terminal is told the colour of a family.
fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Action => "1;34",
        Kind::Target => "35",
        Kind::Version | Kind::Value | Kind::Content => "",
        Kind::Name => "36",
        Kind::Framing => "33",
        Kind::Mark | Kind::Unread => "2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xray::{Annotated, Part, Span, request};

    #[track_caller]
    fn check_wrap(text: &str, width: usize, expected: &[&str]) {
        assert_eq!(wrap(text, width), expected, "{text:?} in {width}");
    }

    #[test]
    fn words_are_broken_only_when_no_line_holds_them() {
        check_wrap("", 5, &[""]);
        check_wrap("one two three", 7, &["one two", "three"]);
        check_wrap("means /你好你好", 8, &["means", "/你好你", "好"]);
        check_wrap("a 1234567 b", 3, &["a", "123", "456", "7 b"]);
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        let long = format!("GET /{}%E4%BD%A0?q={} HTTP/1.1\r\n", "a".repeat(300), "%41".repeat(99));
        let field = format!("{long}Host: a\r\nX: {}\u{4f60}\u{a0}\r\n\r\n", "b c".repeat(200));
        for width in [60, 80, 90, 100] {
            let style = Style { width, colour: Colour::Plain };
            for line in text(&request(field.as_bytes()), style).lines() {
                assert!(columns(line) <= width, "{width}: {line:?}");
            }
        }
    }

    #[test]
    fn long_content_is_cut_and_the_rest_is_counted() {
        let bytes = "0123456789\n".repeat(100).into_bytes();
        let span = Span::new(0..bytes.len(), Part::Content);
        let shown = text(&Annotated { bytes: &bytes, spans: vec![span] }, Style::default());
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), CONTENT_LINES + 1, "{shown}");
        assert!(lines[CONTENT_LINES - 1].starts_with("0123456789␊"), "{shown}");
        assert_eq!(lines[CONTENT_LINES], "… 1,012 bytes more");
        let bytes = vec![0xFF; 1000];
        let span = Span::new(0..bytes.len(), Part::Content);
        let shown = text(&Annotated { bytes: &bytes, spans: vec![span] }, Style::default());
        let whole = shown.matches("\\xff").count();
        assert!(shown.ends_with(&format!("… {} bytes more\n", 1000 - whole)), "{shown}");
    }

    #[test]
    fn colours_are_the_only_escape_sequences() {
        let bytes = b"GET /\x1b[31m HTTP/1.1\r\nX: \x1b]0;owned\x07\r\n\r\n\x9b1m\x00";
        let style = Style { width: 80, colour: Colour::Ansi };
        let shown = text(&request(bytes), style);
        let mut rest = shown.as_str();
        while let Some((before, after)) = rest.split_once('\x1b') {
            assert!(!before.chars().any(|char| char.is_control() && char != '\n'), "{before:?}");
            let (code, after) = after.split_once('m').unwrap();
            assert!(["[1;34", "[35", "[36", "[33", "[2", "[31", "[0"].contains(&code), "{code:?}");
            rest = after;
        }
        let plain = text(&request(bytes), Style { colour: Colour::Plain, ..style });
        assert!(!plain.contains('\x1b') && plain.contains('␛'), "{plain}");
    }
}
