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
//! use step3_cgi::fastcgi::params::{Params, encode_pair};
//!
//! let mut bytes = Vec::new();
//! encode_pair(b"REQUEST_METHOD", b"GET", &mut bytes);
//! assert_eq!(bytes, b"\x0e\x03REQUEST_METHODGET");
//!
//! let params = Params::parse(bytes)?;
//! assert_eq!(params.get("REQUEST_METHOD"), Some(&b"GET"[..]));
//! # Ok::<(), step3_cgi::fastcgi::params::ParamsError>(())
//! ```

use std::fmt;
use std::ops::Range;

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

/// The variables of a request.
///
/// They stay the bytes that came, in one piece; beside them stands where each
/// name and value lies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    bytes: Vec<u8>,
    pairs: Vec<(Range<usize>, Range<usize>)>,
}

impl Params {
    /// Reads the whole stream of pairs.
    ///
    /// # Errors
    /// When it ends in the middle of a pair.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, ParamsError> {
        let (mut pairs, mut at) = (Vec::with_capacity(32), 0);
        while at < bytes.len() {
            let Some(((name, value), used)) = parse_pair(&bytes[at..]) else {
                return Err(ParamsError { at, of: bytes.len() });
            };
            let end = at + used;
            let middle = end - value.len();
            pairs.push((middle - name.len()..middle, middle..end));
            at = end;
        }
        Ok(Params { bytes, pairs })
    }

    /// The value of a variable; of the last one, if there are several of that
    /// name, as in an environment that was set one by one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.iter().rev().find(|(known, _)| *known == name.as_bytes()).map(|(_, value)| value)
    }

    /// All variables, in the order that they came.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Pair<'_>> {
        self.pairs
            .iter()
            .map(|(name, value)| (&self.bytes[name.clone()], &self.bytes[value.clone()]))
    }

    /// Their number.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

impl<'b> FromIterator<Pair<'b>> for Params {
    fn from_iter<I: IntoIterator<Item = Pair<'b>>>(pairs: I) -> Self {
        let mut params = Params::default();
        for (name, value) in pairs {
            let begin = params.bytes.len();
            params.bytes.extend_from_slice(name);
            let middle = params.bytes.len();
            params.bytes.extend_from_slice(value);
            params.pairs.push((begin..middle, middle..params.bytes.len()));
        }
        params
    }
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
        let params = Params::parse(bytes.to_vec());
        let pairs = params.as_ref().map(|params| params.iter().collect::<Vec<_>>());
        let expected = expected.map(|pairs| {
            pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect()
        });
        assert_eq!(pairs.map_err(|error| *error), expected, "{bytes:x?}");
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

    #[test]
    fn the_last_of_a_name_counts() {
        let params: Params =
            [(&b"A"[..], &b"1"[..]), (b"B", b""), (b"A", b"2")].into_iter().collect();
        assert_eq!(params.get("A"), Some(&b"2"[..]));
        assert_eq!(params.get("B"), Some(&b""[..]));
        assert_eq!(params.get("a"), None);
        assert_eq!(params.len(), 3);
    }
}
