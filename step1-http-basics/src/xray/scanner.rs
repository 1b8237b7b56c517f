//! Cuts bytes into spans, from the left to the right.

use std::borrow::Cow;
use std::ops::Range;

use super::{Annotated, Part, Span};

/// Stands somewhere in the bytes; everything to the left of it is spans.
pub(super) struct Scanner<'b> {
    bytes: &'b [u8],
    at: usize,
    pub(super) spans: Vec<Span>,
    /// What the bytes are that are left at the end.
    pub(super) rest: Part,
    /// More content than this is refused.
    pub(super) most_content: u64,
}

/// A line, cut off its end.
pub(super) struct Line<'b> {
    pub(super) text: &'b [u8],
    /// CR LF, or a part of it.
    pub(super) end: &'b [u8],
}

impl Line<'_> {
    pub(super) fn length(&self) -> usize {
        self.text.len() + self.end.len()
    }
}

impl<'b> Scanner<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Scanner { bytes, at: 0, spans: Vec::new(), rest: Part::Unread, most_content: u64::MAX }
    }

    /// The spans; what was not taken becomes the last of them.
    pub(super) fn finish(mut self) -> Annotated<'b> {
        self.take(self.bytes.len() - self.at, self.rest);
        Annotated { bytes: self.bytes, spans: self.spans }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The bytes between here and `end`.
    pub(super) fn until(&self, end: usize) -> &'b [u8] {
        self.bytes.get(self.at..end).unwrap_or_default()
    }

    /// The bytes from here on.
    pub(super) fn left(&self) -> &'b [u8] {
        self.until(self.bytes.len())
    }

    /// The next line before `end`.
    pub(super) fn line(&self, end: usize) -> Line<'b> {
        let bytes = self.until(end);
        let length =
            bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |feed| feed + 1);
        let line = &bytes[..length];
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        Line { text, end: &line[text.len()..] }
    }

    /// Makes a span of the next `length` bytes, if there are any.
    pub(super) fn take(&mut self, length: usize, part: Part) {
        self.push(length, |range| Span::new(range, part));
    }

    /// [`take`](Self::take), with something to say about it.
    pub(super) fn take_noted(
        &mut self,
        length: usize,
        part: Part,
        note: impl Into<Cow<'static, str>>,
    ) {
        self.push(length, |range| Span::new(range, part).with_note(note));
    }

    pub(super) fn push(&mut self, length: usize, span: impl FnOnce(Range<usize>) -> Span) {
        let length = length.min(self.bytes.len() - self.at);
        if length > 0 {
            let range = self.at..self.at + length;
            self.at = range.end;
            self.spans.push(span(range));
        }
    }

    /// Says at the last span that something is wrong after it.
    pub(super) fn blame_last(&mut self, fault: impl Into<String>) {
        self.blame(self.spans.len().wrapping_sub(1), fault);
    }

    /// Says at one span that something is wrong with it; no reader gets past the
    /// first that is wrong.
    pub(super) fn blame(&mut self, index: usize, fault: impl Into<String>) {
        let is_first = self.spans.iter().all(|span| span.fault.is_none());
        if let Some(span) = self.spans.get_mut(index).filter(|_| is_first) {
            span.fault = Some(fault.into());
        }
    }

    /// The span that holds the byte at `at`, or the last one.
    pub(super) fn index_of(&self, at: usize) -> usize {
        let found = self.spans.iter().position(|span| span.range.contains(&at));
        found.unwrap_or(self.spans.len().wrapping_sub(1))
    }

    /// The last of the spans from `first` on that is such a part.
    pub(super) fn last_of(
        &self,
        first: usize,
        is_it: impl Fn(Part, &[u8]) -> bool,
    ) -> Option<usize> {
        let matches = |span: &Span| is_it(span.part, &self.bytes[span.range.clone()]);
        self.spans.iter().skip(first).rposition(matches).map(|index| first + index)
    }
}

/// The length of the shortest prefix of `input` that `is_wrong`: its last byte
/// is where a reader stops. Once wrong, a message stays wrong, so the place is
/// found by halving.
pub(super) fn shortest_wrong(input: &[u8], is_wrong: impl Fn(&[u8]) -> bool) -> usize {
    let (mut right, mut wrong) = (0, input.len());
    while wrong - right > 1 {
        let middle = right + (wrong - right) / 2;
        if is_wrong(&input[..middle]) {
            wrong = middle;
        } else {
            right = middle;
        }
    }
    wrong
}
