//! The spans of chunked content.

use super::Part;
use super::message::bytes;
use super::scanner::{Scanner, shortest_wrong};
use crate::chunked::{ChunkedError, Decoded, Decoder};
use crate::error::RequestError;
use crate::parse::HeadError;

/// What the decoder says to all the bytes.
enum Verdict {
    Complete { length: usize },
    Incomplete,
    Wrong(ChunkedError),
}

impl Scanner<'_> {
    /// Takes chunks, the last one, trailer fields and the empty line.
    pub(super) fn chunks(&mut self) {
        let (begin, input) = (self.at(), self.left());
        match judge(input) {
            Verdict::Complete { length } => {
                self.chunks_until(begin + length, None);
                if self.at() == begin + length {
                    self.rest = Part::NextMessage;
                }
            }
            Verdict::Incomplete => {
                self.chunks_until(begin + input.len(), None);
                self.blame_last("incomplete: content in chunks ends with one of size 0 and an empty line, which have not come");
            }
            Verdict::Wrong(error) => {
                let is_wrong = |prefix: &[u8]| matches!(judge(prefix), Verdict::Wrong(_));
                let wrong = shortest_wrong(input, is_wrong);
                let end = match error {
                    // The byte that stands where CR LF should be.
                    ChunkedError::DataEnd => wrong,
                    // All the others are about a line.
                    _ => {
                        let line_end = input[wrong - 1..].iter().position(|&byte| byte == b'\n');
                        line_end.map_or(input.len(), |more| wrong + more)
                    }
                };
                self.chunks_until(begin + end, Some(error));
                self.blame(self.index_of(begin + wrong - 1), error.to_string());
            }
        }
    }

    fn chunks_until(&mut self, end: usize, error: Option<ChunkedError>) {
        let mut announced: u64 = 0;
        while self.at() < end {
            let first = self.spans.len();
            let Some(size) = self.size_line(end) else { return };
            if size == 0 {
                return self.trailers(end, error);
            }
            announced = announced.saturating_add(size);
            if announced > self.most_content {
                return self.blame(first, RequestError::ContentTooLarge.to_string());
            }
            let length = usize::try_from(size).unwrap_or(usize::MAX).min(self.until(end).len());
            self.take_noted(length, Part::ChunkData, bytes(length as u64));
            self.take(self.until(end).len().min(2), Part::LineEnd);
        }
    }

    /// `chunk-size [ chunk-ext ] CRLF`: the size, if the line is right and
    /// complete.
    fn size_line(&mut self, end: usize) -> Option<u64> {
        let line = self.line(end);
        let digits = line.text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let extension = &line.text[digits..];
        if digits == 0 || !matches!(extension.first(), None | Some(b';' | b' ' | b'\t')) {
            self.take(line.text.len(), Part::ChunkSize);
            self.take(line.end.len(), Part::LineEnd);
            return None;
        }
        let size = std::str::from_utf8(&line.text[..digits])
            .ok()
            .filter(|_| line.end.ends_with(b"\n"))
            .and_then(|digits| u64::from_str_radix(digits, 16).ok());
        match size {
            None => self.take(digits, Part::ChunkSize),
            Some(0) => self.take_noted(digits, Part::LastChunk, "the content ends"),
            Some(size) => {
                let note = format!("{}, in hexadecimal", bytes(size));
                self.take_noted(digits, Part::ChunkSize, note);
            }
        }
        self.take_noted(
            extension.len(),
            Part::ChunkExtension,
            "with an extension, which nobody reads",
        );
        self.take(line.end.len(), Part::LineEnd);
        size
    }

    /// `trailer-section CRLF`
    fn trailers(&mut self, end: usize, error: Option<ChunkedError>) {
        let error = match error {
            Some(ChunkedError::Trailer(error)) => Some(error),
            _ => None,
        };
        while self.at() < end {
            let line = self.line(end);
            if line.text.is_empty() {
                self.take_noted(line.end.len(), Part::EmptyLine, "the message ends");
                continue;
            }
            let is_last = self.at() + line.length() == end;
            let error: Option<HeadError> = error.filter(|_| is_last);
            self.field_line(line.text, Part::TrailerFieldName, error);
            self.take(line.end.len(), Part::LineEnd);
        }
    }
}

fn judge(input: &[u8]) -> Verdict {
    let (mut decoder, mut length) = (Decoder::new(), 0);
    loop {
        match decoder.decode(&input[length..]) {
            Err(error) => return Verdict::Wrong(error),
            Ok((_, Decoded::Incomplete)) => return Verdict::Incomplete,
            Ok((used, Decoded::End)) => return Verdict::Complete { length: length + used },
            Ok((used, Decoded::Data(_))) => length += used,
        }
    }
}
