//! Name-value pairs: how variables travel in records.
//!
//! Chapter 4 · FastCGI specification §3.4
//!
//! *Strategy*: a pair is two lengths, the name, the value. A length below 128
//! takes one byte, a longer one takes four, of which the first bit is set. The
//! pairs of a request are cut into records wherever a record is full, so they
//! are put together first and read when the stream has ended.
//!
//! ```
//! use step3_cgi::fastcgi::params;
//!
//! let mut bytes = Vec::new();
//! params::encode_pair(b"REQUEST_METHOD", b"GET", &mut bytes);
//! assert_eq!(bytes, b"\x0e\x03REQUEST_METHODGET");
//! assert_eq!(params::parse(&bytes), Ok(vec![(&b"REQUEST_METHOD"[..], &b"GET"[..])]));
//! ```

use std::fmt;

/// A name and its value.
pub type Pair<'b> = (&'b [u8], &'b [u8]);

// ANCHOR: pair
/// The first pair in `input` and the bytes that it takes; `None` if not all of
/// it has come. No bytes are wrong: whatever comes is a length.
///
/// [FastCGI §3.4](https://fastcgi-archives.github.io/FastCGI_Specification.html#S3.4)
#[must_use]
pub fn parse_pair(input: &[u8]) -> Option<(Pair<'_>, usize)> {
    let (name_length, rest) = parse_length(input)?;
    let (value_length, rest) = parse_length(rest)?;
    let (name, rest) = rest.split_at_checked(name_length)?;
    let (value, rest) = rest.split_at_checked(value_length)?;
    Some(((name, value), input.len() - rest.len()))
}

fn parse_length(input: &[u8]) -> Option<(usize, &[u8])> {
    match *input {
        [length, ref rest @ ..] if length < 128 => Some((usize::from(length), rest)),
        [b3, b2, b1, b0, ref rest @ ..] => {
            let length = u32::from_be_bytes([b3 & 0x7f, b2, b1, b0]);
            Some((usize::try_from(length).ok()?, rest))
        }
        _ => None,
    }
}
// ANCHOR_END: pair

/// Appends a pair.
pub fn encode_pair(name: &[u8], value: &[u8], out: &mut Vec<u8>) {
    encode_length(name.len(), out);
    encode_length(value.len(), out);
    out.extend_from_slice(name);
    out.extend_from_slice(value);
}

fn encode_length(length: usize, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(length) if length < 128 => out.push(length),
        _ => {
            // Nothing of 2 GiB ever gets here: heads have limits.
            let length = u32::try_from(length).unwrap_or(u32::MAX) | 0x8000_0000;
            out.extend_from_slice(&length.to_be_bytes());
        }
    }
}

/// All pairs of a stream that has ended.
///
/// # Errors
/// When it ends in the middle of a pair.
pub fn parse(bytes: &[u8]) -> Result<Vec<Pair<'_>>, ParamsError> {
    let (mut pairs, mut at) = (Vec::with_capacity(32), 0);
    while at < bytes.len() {
        let (pair, used) = parse_pair(&bytes[at..]).ok_or(ParamsError { at, of: bytes.len() })?;
        pairs.push(pair);
        at += used;
    }
    Ok(pairs)
}

/// The stream of pairs ends in the middle of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParamsError {
    /// Where the pair begins that is not whole.
    pub at: usize,
    /// The bytes of the stream.
    pub of: usize,
}

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the pair that begins at byte {} of {} goes beyond the end of the stream (FastCGI §3.4)",
            self.at, self.of
        )
    }
}

impl std::error::Error for ParamsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<&[(&str, &str)], ParamsError>) {
        let pairs = parse(bytes);
        let expected = expected.map(|pairs| {
            pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
        });
        assert_eq!(pairs, expected, "{bytes:x?}");
    }

    #[test]
    fn lengths_have_one_byte_or_four() {
        check(b"", Ok(&[]));
        check(b"\x01\x02abc", Ok(&[("a", "bc")]));
        check(b"\x80\0\0\x01\x80\0\0\x02abc\x00\x00", Ok(&[("a", "bc"), ("", "")]));
        let long = "v".repeat(128);
        let mut bytes = Vec::new();
        encode_pair(b"n", long.as_bytes(), &mut bytes);
        assert_eq!(bytes[..6], [1, 0x80, 0, 0, 128, b'n']);
        check(&bytes, Ok(&[("n", &long)]));
    }

    #[test]
    fn a_pair_that_is_cut_off_is_refused_with_its_place() {
        check(b"\x01\x01ab\x01", Err(ParamsError { at: 4, of: 5 }));
        check(b"\x01\x01ab\x05\x01ab", Err(ParamsError { at: 4, of: 8 }));
        check(b"\xff\xff\xff\xff\xff\xff\xff\xffab", Err(ParamsError { at: 0, of: 10 }));
    }
}
