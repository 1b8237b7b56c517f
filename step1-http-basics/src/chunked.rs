//! Content of unknown length, in pieces that each say their size.
//!
//! Chapter 2 · RFC 9112 §7.1
//!
//! *Strategy*: the decoder is a state machine that is handed whatever bytes
//! have come and answers with the next piece of content inside them. Data is
//! never copied and sizes are never trusted: a chunk may be of any size, and
//! only as much of it as has come is handed on.
//!
//! ```text
//!            size CRLF                  all of it            CRLF
//! Size ─────────────────────► Data ───────────────► DataEnd ──────┐
//!  ▲ │ 0 CRLF                                                     │
//!  │ └─────────► Trailers ── empty line ──► Done                  │
//!  └──────────────────────────────────────────────────────────────┘
//! ```
//!
//! ```
//! use step1_http_basics::chunked::{Decoded, Decoder};
//!
//! let mut decoder = Decoder::new();
//! let input = b"5\r\nhello\r\n0\r\n\r\n";
//! let (used, piece) = decoder.decode(input).unwrap();
//! assert_eq!(piece, Decoded::Data(b"hello"));
//! assert_eq!(decoder.decode(&input[used..]).unwrap(), (7, Decoded::End));
//! ```

use std::fmt;
use std::io::Write;

use http::HeaderMap;

use crate::chunk_extensions::is_chunk_ext;
use crate::head_error::HeadError;
use crate::limits::Limits;
use crate::parse;

/// The longest line with a chunk's size and extensions.
const MAX_SIZE_LINE: usize = 1024;
/// The most bytes of extensions in one message: they cost work and mean
/// nothing here, so a sender who writes more of them than content is refused.
const MAX_EXTENSIONS: usize = 16 * 1024;
/// The most bytes of trailer fields.
const MAX_TRAILERS: usize = 8 * 1024;

/// What the bytes handed to [`Decoder::decode`] hold.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded<'i> {
    /// All are used, or too few came to say: more are needed.
    Incomplete,
    /// A piece of the content.
    Data(&'i [u8]),
    /// The content and its trailer section are over.
    End,
}

/// Why bytes are not chunked content; each is a 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkedError {
    /// A size that is not made of hexadecimal digits, or has no digits.
    Size,
    /// A size that no 64-bit number can hold.
    SizeOverflow,
    /// What follows the size is no extension.
    Extension,
    /// The line of the size does not end with CR LF.
    LineEnd,
    /// Too many bytes of extensions.
    TooManyExtensions,
    /// The data of a chunk is not followed by CR LF.
    DataEnd,
    /// A trailer field that is none, or too many of them.
    Trailer(HeadError),
}

/// Takes the chunks off content, piece by piece.
#[derive(Debug, Default)]
pub struct Decoder {
    state: State,
    extensions: usize,
    trailers: HeaderMap,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Size,
    Data {
        remaining: u64,
    },
    DataEnd,
    Trailers,
    Done,
}

impl Decoder {
    /// A decoder that stands before the first chunk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    // ANCHOR: decode
    /// Finds the next piece of content in `input`, and says how many bytes of
    /// `input` are used up with it. Bytes that are not used must be handed in
    /// again, in front of those that come next.
    ///
    /// # Errors
    /// When the bytes are not chunked content. A decoder that has answered
    /// with an error is not asked again: where the message ends is unknown.
    pub fn decode<'i>(&mut self, input: &'i [u8]) -> Result<(usize, Decoded<'i>), ChunkedError> {
        self.decode_at_most(input, usize::MAX)
    }

    /// [`Decoder::decode`] for a reader with room for `most` bytes: no piece
    /// is longer.
    ///
    /// # Errors
    /// Those of [`Decoder::decode`].
    pub fn decode_at_most<'i>(
        &mut self,
        input: &'i [u8],
        most: usize,
    ) -> Result<(usize, Decoded<'i>), ChunkedError> {
        let mut used = 0;
        loop {
            let rest = &input[used..];
            match self.state {
                State::Size => match size_line(rest)? {
                    None => return Ok((used, Decoded::Incomplete)),
                    Some((size, line)) => {
                        used += line;
                        self.count_extensions(line)?;
                        self.state = if size == 0 {
                            State::Trailers
                        } else {
                            State::Data { remaining: size }
                        };
                    }
                },
                State::Data { .. } if rest.is_empty() => return Ok((used, Decoded::Incomplete)),
                State::Data { remaining } => {
                    let length =
                        usize::try_from(remaining).unwrap_or(usize::MAX).min(rest.len()).min(most);
                    let remaining = remaining - length as u64;
                    self.state =
                        if remaining == 0 { State::DataEnd } else { State::Data { remaining } };
                    return Ok((used + length, Decoded::Data(&rest[..length])));
                }
                State::DataEnd => match rest {
                    [b'\r', b'\n', ..] => {
                        used += 2;
                        self.state = State::Size;
                    }
                    [] | [b'\r'] => return Ok((used, Decoded::Incomplete)),
                    _ => return Err(ChunkedError::DataEnd),
                },
                State::Trailers => {
                    let limits = Limits { fields: MAX_TRAILERS, ..Limits::default() };
                    let Some((trailers, length)) =
                        parse::field_section(rest, &limits).map_err(ChunkedError::Trailer)?
                    else {
                        return Ok((used, Decoded::Incomplete));
                    };
                    self.trailers = trailers;
                    self.state = State::Done;
                    used += length;
                }
                State::Done => return Ok((used, Decoded::End)),
            }
        }
    }
    // ANCHOR_END: decode

    /// The trailer fields, once [`Decoded::End`] has been reached. They came
    /// after the content was handled, so they are never merged into the fields.
    /// [RFC 9110 §6.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1)
    #[must_use]
    pub fn trailers(&self) -> &HeaderMap {
        &self.trailers
    }

    /// How many bytes of content are known to follow: the rest of the chunk
    /// that is being read. Who limits the content need not wait for them.
    #[must_use]
    pub fn announced(&self) -> u64 {
        match self.state {
            State::Data { remaining } => remaining,
            _ => 0,
        }
    }

    fn count_extensions(&mut self, line: usize) -> Result<(), ChunkedError> {
        // 18 bytes hold any size and its line end.
        self.extensions += line.saturating_sub(18);
        if self.extensions > MAX_EXTENSIONS { Err(ChunkedError::TooManyExtensions) } else { Ok(()) }
    }
}

/// `chunk-size [ chunk-ext ] CRLF`: the size, and the length of the line.
fn size_line(input: &[u8]) -> Result<Option<(u64, usize)>, ChunkedError> {
    // Not even a quoted string may hold CR or LF: the first one ends the line.
    let end = input.iter().position(|&byte| matches!(byte, b'\r' | b'\n'));
    let line = match end {
        Some(end) if end <= MAX_SIZE_LINE => match input[end..] {
            [b'\r', b'\n', ..] => &input[..end],
            [b'\r'] => return Ok(None),
            _ => return Err(ChunkedError::LineEnd),
        },
        None if input.len() <= MAX_SIZE_LINE => return Ok(None),
        _ => return Err(ChunkedError::TooManyExtensions),
    };
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    match line.split_at(digits) {
        ([], _) => Err(ChunkedError::Size),
        (digits, rest @ ([] | [b';' | b' ' | b'\t', ..])) => {
            if !is_chunk_ext(rest) {
                return Err(ChunkedError::Extension);
            }
            let size = size(digits).ok_or(ChunkedError::SizeOverflow)?;
            Ok(Some((size, line.len() + 2)))
        }
        _ => Err(ChunkedError::Size),
    }
}

/// `chunk-size = 1*HEXDIG`
fn size(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Appends one chunk that holds `data`. Nothing is appended for no data: a
/// chunk of size 0 would end the content.
pub fn encode_chunk(data: &[u8], out: &mut Vec<u8>) {
    if !data.is_empty() {
        // Writing to a Vec cannot fail.
        let _ = write!(out, "{:x}\r\n", data.len());
        out.extend_from_slice(data);
        out.extend_from_slice(b"\r\n");
    }
}

/// What ends chunked content that has no trailers.
pub const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

impl fmt::Display for ChunkedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Size => "a chunk size is not a hexadecimal number (RFC 9112 §7.1)",
            Self::SizeOverflow => {
                "a chunk size is larger than any number here can hold (RFC 9112 §7.1)"
            }
            Self::Extension => "a chunk size is followed by what is no extension (RFC 9112 §7.1.1)",
            Self::LineEnd => "the line of a chunk size does not end with CR LF (RFC 9112 §7.1)",
            Self::TooManyExtensions => "too many chunk extensions (RFC 9112 §7.1.1)",
            Self::DataEnd => "the data of a chunk is not followed by CR LF (RFC 9112 §7.1)",
            Self::Trailer(error) => {
                return write!(f, "in the trailer section: {error} (RFC 9112 §7.1.2)");
            }
        })
    }
}

impl std::error::Error for ChunkedError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes `input` handed over in pieces of `step` bytes: the content, and
    /// how many bytes were left when it ended.
    fn decode(input: &[u8], step: usize) -> Result<Option<(Vec<u8>, usize)>, ChunkedError> {
        let (mut decoder, mut content, mut start) = (Decoder::new(), Vec::new(), 0);
        for end in (0..input.len()).step_by(step).chain([input.len()]) {
            loop {
                let (used, decoded) = decoder.decode(&input[start..end])?;
                start += used;
                match decoded {
                    Decoded::Incomplete => break,
                    Decoded::Data(data) => content.extend_from_slice(data),
                    Decoded::End => return Ok(Some((content, input.len() - start))),
                }
            }
        }
        Ok(None)
    }

    #[track_caller]
    fn check(input: &str, expected: Result<Option<&str>, ChunkedError>) {
        for step in [1, 2, 3, 7, input.len()] {
            let decoded = decode(input.as_bytes(), step);
            let content =
                decoded.as_ref().map(|whole| whole.as_ref().map(|(content, _)| content.as_slice()));
            assert_eq!(
                content.map_err(|error| *error),
                expected.map(|text| text.map(str::as_bytes)),
                "{input:?} by {step}"
            );
        }
    }

    #[test]
    fn chunks_become_content() {
        check("5\r\nhello\r\n0\r\n\r\n", Ok(Some("hello")));
        check("1\r\na\r\n00A\r\n0123456789\r\n0\r\n\r\n", Ok(Some("a0123456789")));
        check("5\r\nhello\r\n", Ok(None));
        check("0\r\n", Ok(None));
        assert_eq!(decode(b"0\r\n\r\nGET", 1), Ok(Some((vec![], 3))));
    }

    #[test]
    fn extensions_and_trailers_are_read_over() {
        check("1;a\r\nx\r\n0;b=c;d=\"e;f\"\r\n\r\n", Ok(Some("x")));
        check("1 ; a = b\r\nx\r\n0\r\n\r\n", Ok(Some("x")));
        check("1;a=\";\\\"\";b\r\nx\r\n0\r\n\r\n", Ok(Some("x")));
        check("1\r\nx\r\n0\r\nChecksum: 7\r\n\r\n", Ok(Some("x")));
        let mut decoder = Decoder::new();
        decoder.decode(b"0\r\nChecksum: 7\r\n\r\n").unwrap();
        assert_eq!(decoder.trailers()["checksum"], "7");
    }

    #[test]
    fn whatever_two_readers_could_read_differently_is_refused() {
        for bad in ["\r\n", "x\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "1_0\r\n"] {
            check(bad, Err(ChunkedError::Size));
        }
        for bad in ["1 \r\n", "1;\r\n", "1 a\r\n", "1;a;\r\n", "1;a=\"\0\"\r\n", "1;a=\"\r\n"] {
            check(bad, Err(ChunkedError::Extension));
        }
        for bad in ["1\nx", "1;a\nx", "1;a\rx", "1;a=\"\n\"\r\nx"] {
            check(bad, Err(ChunkedError::LineEnd));
        }
        check("10000000000000000\r\n", Err(ChunkedError::SizeOverflow));
        check("1\r\nxy\r\n", Err(ChunkedError::DataEnd));
        check("1\r\nx\n0\r\n\r\n", Err(ChunkedError::DataEnd));
        check(
            "0\r\nno colon\r\n\r\n",
            Err(ChunkedError::Trailer(HeadError::WhitespaceBeforeColon)),
        );
        check("0\r\na: b\n\r\n", Err(ChunkedError::Trailer(HeadError::BareLineFeed)));
        check(&format!("1;{}\r\n", "a".repeat(2000)), Err(ChunkedError::TooManyExtensions));
        let flood = format!("1;{}\r\nx\r\n", "a".repeat(1000)).repeat(20);
        check(&flood, Err(ChunkedError::TooManyExtensions));
    }

    #[test]
    fn extensions_have_a_limit_to_the_byte() {
        // 16 lines that are 1,000 bytes over what a size needs, and one more.
        let lines = format!("1;{}\r\nx\r\n", "a".repeat(1014)).repeat(16);
        let last = |over: usize| format!("{lines}0;{}\r\n\r\n", "a".repeat(over + 14));
        check(&last(384), Ok(Some(&"x".repeat(16))));
        check(&last(385), Err(ChunkedError::TooManyExtensions));
    }

    #[test]
    fn an_encoded_chunk_is_decoded_again() {
        let mut wire = Vec::new();
        encode_chunk(b"hello", &mut wire);
        encode_chunk(b"", &mut wire);
        wire.extend_from_slice(LAST_CHUNK);
        assert_eq!(decode(&wire, 3), Ok(Some((b"hello".to_vec(), 0))));
    }
}
