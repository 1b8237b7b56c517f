//! Content that is made while it is sent: one piece at a time.
//!
//! Chapter 6 · RFC 9112 §6, §7.1
//!
//! *Strategy*: a stream is asked for a piece when the one before is on its way,
//! and each piece is framed as was decided: counted, in a chunk, or as it is. A
//! length that was promised is kept exactly. Fewer bytes are an error, and the
//! connection is cut, so that the client can tell; and so are more: after the
//! last byte the stream is asked once more, and must have ended.

use std::io::{self, ErrorKind, Read};

use step1_http_basics::chunked;
use step1_http_basics::framing::Framing;
use step1_http_basics::handler;

/// The most of a stream that is sent in one piece.
const PIECE: usize = 16 * 1024;

/// A stream, and how it is framed.
pub struct Stream {
    reader: Option<Box<dyn Read + Send>>,
    framing: Framing,
    /// Bytes of content that were already counted for this response.
    sent: u64,
}

impl Stream {
    /// A stream of which `sent` bytes have left in another way.
    #[must_use]
    pub fn new(reader: Box<dyn Read + Send>, framing: Framing, sent: u64) -> Self {
        Stream { reader: Some(reader), framing, sent }
    }

    /// How it is framed.
    #[must_use]
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether nothing more comes of it.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.reader.is_none()
    }

    // ANCHOR: next_piece
    /// Appends the next piece to `out`, framed, and says how many bytes of
    /// content it holds. It waits for as long as the stream makes it wait.
    ///
    /// # Errors
    /// When the stream fails, or does not keep the length that it promised.
    pub fn next_piece(&mut self, out: &mut Vec<u8>) -> io::Result<u64> {
        let Some(reader) = &mut self.reader else { return Ok(0) };
        let mut piece = [0; PIECE];
        let left = match self.framing {
            Framing::Length(length) => Some(length - self.sent.min(length)),
            _ => None,
        };
        // Where nothing may follow, one byte shows that something does.
        let most = left.map_or(PIECE as u64, |left| left.clamp(1, PIECE as u64));
        let most = usize::try_from(most).unwrap_or(PIECE);
        let length = handler::read(&mut **reader, &mut piece[..most])?;
        match (length, left) {
            (0, Some(left)) if left > 0 => return Err(too_short()),
            (1.., Some(0)) => return Err(too_long()),
            (0, _) => {
                if self.framing == Framing::Chunked {
                    out.extend_from_slice(chunked::LAST_CHUNK);
                }
                self.end();
            }
            _ if self.framing == Framing::Chunked => {
                chunked::encode_chunk(&piece[..length], out);
            }
            _ => out.extend_from_slice(&piece[..length]),
        }
        self.sent += length as u64;
        Ok(length as u64)
    }
    // ANCHOR_END: next_piece

    /// Drops what makes the content, which may run code of an application.
    pub fn end(&mut self) {
        handler::drop_contained(self.reader.take());
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stream({:?}, {} sent)", self.framing, self.sent)
    }
}

fn too_short() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "the content ended before its Content-Length")
}

fn too_long() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "the content went on after its Content-Length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content: &'static [u8], framing: Framing, expected: &[u8], error: Option<ErrorKind>) {
        let mut stream = Stream::new(Box::new(content), framing, 0);
        let mut out = Vec::new();
        let mut failed = None;
        while failed.is_none() && !stream.has_ended() {
            failed = stream.next_piece(&mut out).err().map(|error| error.kind());
        }
        assert_eq!((out.as_slice(), failed), (expected, error));
    }

    #[test]
    fn a_piece_is_framed_as_was_decided() {
        check(b"hello", Framing::Chunked, b"5\r\nhello\r\n0\r\n\r\n", None);
        check(b"hello", Framing::UntilClose, b"hello", None);
        check(b"", Framing::Chunked, b"0\r\n\r\n", None);
    }

    #[test]
    fn a_promised_length_is_kept_exactly() {
        check(b"hello", Framing::Length(5), b"hello", None);
        check(b"", Framing::Length(0), b"", None);
        check(b"hell", Framing::Length(5), b"hell", Some(ErrorKind::UnexpectedEof));
        check(b"hello!", Framing::Length(5), b"hello", Some(ErrorKind::InvalidData));
    }
}
