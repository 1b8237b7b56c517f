//! Records: what travels over a FastCGI connection.
//!
//! Chapter 4 · FastCGI specification §3.3, §5, §8
//!
//! *Strategy*: everything that is said, in both directions, is a record: eight
//! bytes of header, then content, then padding that means nothing. Streams
//! (stdin, stdout, …) are cut into records, and an empty record ends them. So
//! one function finds the next record in what has come; it is pure, and "not
//! all has come yet" is a value.
//!
//! ```
//! use step3_cgi::fastcgi::record::{Kind, Record, parse};
//!
//! let mut wire = Vec::new();
//! Record { kind: Kind::Stdout, request_id: 1, content: b"hello" }.encode(&mut wire);
//! assert_eq!(wire, b"\x01\x06\x00\x01\x00\x05\x03\x00hello\0\0\0");
//!
//! let (record, used) = parse(&wire).unwrap().expect("it is whole");
//! assert_eq!((record.content, used), (&b"hello"[..], 16));
//! assert_eq!(parse(&wire[..15]), Ok(None));
//! ```

mod bodies;
mod kind;

use std::fmt;

pub use bodies::{BeginRequest, EndRequest, ProtocolStatus, RESPONDER};
pub use kind::Kind;

/// The only version of the protocol that there is.
pub const VERSION: u8 = 1;
/// The bytes of a header.
pub const HEADER_LENGTH: usize = 8;
/// The most bytes of content: their number has 16 bits.
pub const MAX_CONTENT: usize = 65_535;
/// The most bytes of a whole record.
pub const MAX_RECORD: usize = HEADER_LENGTH + MAX_CONTENT + 255;
/// The request id of records that belong to no request: management records.
pub const NO_REQUEST: u16 = 0;
/// That of our requests: one a connection at a time, so they all have the same.
pub const REQUEST_ID: u16 = 1;
/// The most content that is put into a record of a stream: with it, a record
/// needs no padding.
pub const STREAM_CONTENT: usize = MAX_CONTENT / 8 * 8;

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'b> {
    /// What it is for.
    pub kind: Kind,
    /// The request that it belongs to, or [`NO_REQUEST`].
    pub request_id: u16,
    /// What it carries; at most [`MAX_CONTENT`] bytes.
    pub content: &'b [u8],
}

// ANCHOR: parse
/// The first record in `input` and the bytes that it takes, padding included;
/// `None` if not all of it has come.
///
/// ```text
/// version │ type │ request id │ content length │ padding length │ reserved
///    1    │  1   │     2      │       2        │       1        │    1
/// ```
///
/// [FastCGI §3.3](https://fastcgi-archives.github.io/FastCGI_Specification.html#S3.3)
///
/// # Errors
/// When the other side does not speak version 1, which it shows with its first
/// byte. It speaks another protocol, then: nothing of what follows can be read.
pub fn parse(input: &[u8]) -> Result<Option<(Record<'_>, usize)>, RecordError> {
    if let Some(&version) = input.first()
        && version != VERSION
    {
        return Err(RecordError::Version(version));
    }
    let Some((&[_, kind, id1, id0, length1, length0, padding, _], rest)) =
        input.split_first_chunk::<HEADER_LENGTH>()
    else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([length1, length0]));
    let used = HEADER_LENGTH + length + usize::from(padding);
    if input.len() < used {
        return Ok(None);
    }
    let request_id = u16::from_be_bytes([id1, id0]);
    Ok(Some((Record { kind: Kind::from_byte(kind), request_id, content: &rest[..length] }, used)))
}
// ANCHOR_END: parse

impl Record<'_> {
    // ANCHOR: encode
    /// Appends the record to `out`. Padding makes its length a multiple of 8,
    /// as the specification recommends.
    ///
    /// # Panics
    /// When the content is longer than [`MAX_CONTENT`]; see [`encode_stream`].
    pub fn encode(&self, out: &mut Vec<u8>) {
        let length = u16::try_from(self.content.len()).expect("at most MAX_CONTENT bytes");
        out.extend_from_slice(&header(self.kind, self.request_id, length));
        out.extend_from_slice(self.content);
        out.resize(out.len() + usize::from(padding(length)), 0);
    }
    // ANCHOR_END: encode
}

/// The header of a record with this much content.
#[must_use]
pub fn header(kind: Kind, request_id: u16, length: u16) -> [u8; HEADER_LENGTH] {
    let [id1, id0] = request_id.to_be_bytes();
    let [length1, length0] = length.to_be_bytes();
    [VERSION, kind.byte(), id1, id0, length1, length0, padding(length), 0]
}

/// How many bytes of padding follow so much content in the records that we write.
#[must_use]
pub fn padding(length: u16) -> u8 {
    (length.wrapping_neg() & 7).to_be_bytes()[1]
}

/// Appends a piece of a stream, in as many records as it needs. Nothing is
/// appended for no data: an empty record would end the stream.
pub fn encode_stream(kind: Kind, request_id: u16, data: &[u8], out: &mut Vec<u8>) {
    for content in data.chunks(STREAM_CONTENT) {
        Record { kind, request_id, content }.encode(out);
    }
}

/// Appends the empty record that ends a stream.
pub fn end_stream(kind: Kind, request_id: u16, out: &mut Vec<u8>) {
    Record { kind, request_id, content: &[] }.encode(out);
}

/// Why bytes are no records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordError {
    /// The first byte of a record is not [`VERSION`].
    Version(u8),
    /// The content of such a record must have eight bytes, and has so many.
    Body(Kind, usize),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(b'H') => {
                f.write_str("a record begins with 0x48 (\"H\"), not with version 1: does the other side speak HTTP? (FastCGI §3.3)")
            }
            Self::Version(byte) => {
                write!(f, "a record begins with {byte:#04x}, not with version 1 (FastCGI §3.3)")
            }
            Self::Body(kind, length) => {
                write!(f, "{} has {length} bytes of content instead of 8 (FastCGI §5)", kind.name())
            }
        }
    }
}

impl std::error::Error for RecordError {}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts<'b> = (Kind, u16, &'b [u8], usize);

    #[track_caller]
    fn check(input: &[u8], expected: Result<Option<Parts<'_>>, RecordError>) {
        let parsed = parse(input);
        let parsed = parsed.map(|found| {
            found.map(|(record, used)| (record.kind, record.request_id, record.content, used))
        });
        assert_eq!(parsed, expected, "{input:x?}");
    }

    #[test]
    fn a_record_is_a_header_and_content_and_padding() {
        check(b"\x01\x05\x00\x01\x00\x00\x00\x00", Ok(Some((Kind::Stdin, 1, b"", 8))));
        check(b"\x01\x06\x01\x02\x00\x01\x02\x00xpp\x01", Ok(Some((Kind::Stdout, 258, b"x", 11))));
        check(b"\x01\x63\x00\x00\x00\x00\x00\xff", Ok(Some((Kind::Unknown(99), 0, b"", 8))));
    }

    #[test]
    fn every_byte_of_a_record_is_waited_for() {
        let whole = b"\x01\x06\x00\x01\x00\x03\x05\x00abcppppp";
        for length in 0..whole.len() {
            check(&whole[..length], Ok(None));
        }
        check(whole, Ok(Some((Kind::Stdout, 1, b"abc", 16))));
    }

    #[test]
    fn another_version_is_refused_at_its_first_byte() {
        check(b"\x02", Err(RecordError::Version(2)));
        check(b"HTTP/1.1 400 Bad Request\r\n", Err(RecordError::Version(b'H')));
        check(b"\0", Err(RecordError::Version(0)));
    }

    #[test]
    fn a_stream_is_cut_into_records_and_ended_by_an_empty_one() {
        let data = vec![7; 3 * STREAM_CONTENT + 1];
        let mut wire = Vec::new();
        encode_stream(Kind::Stdin, 1, &data, &mut wire);
        encode_stream(Kind::Stdin, 1, b"", &mut wire);
        end_stream(Kind::Stdin, 1, &mut wire);
        let (mut rest, mut lengths) = (&wire[..], Vec::new());
        while let Some((record, used)) = parse(rest).unwrap() {
            lengths.push(record.content.len());
            rest = &rest[used..];
        }
        assert_eq!(lengths, [STREAM_CONTENT, STREAM_CONTENT, STREAM_CONTENT, 1, 0]);
        assert!(rest.is_empty());
        assert_eq!(wire.len() % 8, 0);
    }

    #[test]
    fn the_longest_content_fits() {
        let mut wire = Vec::new();
        Record { kind: Kind::Stdout, request_id: 1, content: &[1; MAX_CONTENT] }.encode(&mut wire);
        assert_eq!(wire.len(), HEADER_LENGTH + MAX_CONTENT + 1);
        assert_eq!(parse(&wire).unwrap().unwrap().1, wire.len());
    }
}
