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
        Style { width: 88, colour: Colour::Plain }
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
    let left = room * 14 / 25;
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

/// Breaks text at spaces, so that no line is wider than `width`, unless one
/// word is.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if columns(line) + 1 + columns(word) <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
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
