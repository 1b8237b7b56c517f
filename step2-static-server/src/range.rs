//! Which bytes of a file are asked for.
//!
//! Chapter 3 · RFC 9110 §14
//!
//! *Strategy*: `Range` is an optimization: a server may always send the whole.
//! So a unit that is not known, or ranges that make more work than they save,
//! are answered as if the field were not there. What lies outside the file is an
//! error, 416, and so is what counts bytes and is no range: whoever sends that
//! should learn of it.
//!
//! ```
//! use step2_static_server::range::{Ranges, parse};
//!
//! assert_eq!(parse(b"bytes=0-99", 1000), Ranges::Some(vec![0..100]));
//! assert_eq!(parse(b"bytes=-100", 1000), Ranges::Some(vec![900..1000]));
//! assert_eq!(parse(b"bytes=1000-", 1000), Ranges::Unsatisfiable);
//! ```

use std::ops::Range;

/// More ranges than this are answered with the whole file.
const MOST: usize = 16;

/// What a `Range` field asks for, of a file of known length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ranges {
    /// Everything: the field is not one that we act on.
    All,
    /// These bytes, in the order asked for; at least one range, none empty.
    Some(Vec<Range<u64>>),
    /// Nothing that the file has, or no ranges at all: 416.
    Unsatisfiable,
}

// ANCHOR: parse
/// Reads `ranges-specifier = "bytes" "=" range-set`.
/// [RFC 9110 §14.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2)
#[must_use]
pub fn parse(value: &[u8], length: u64) -> Ranges {
    let Some((unit, set)) = value.split_at_checked(6) else { return Ranges::All };
    // Of an empty file all is as short as an error, and what a player that asks
    // for `bytes=0-` of every file can use.
    if !unit.eq_ignore_ascii_case(b"bytes=") || length == 0 {
        return Ranges::All;
    }
    let specs =
        set.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).filter(|spec| !spec.is_empty());
    let mut ranges = Vec::new();
    for (before, spec) in specs.enumerate() {
        match range_spec(spec, length) {
            Some(_) if before == MOST => return Ranges::All,
            Some(range) if !range.is_empty() => ranges.push(range),
            Some(_) => {}
            None => return Ranges::Unsatisfiable,
        }
    }
    // Together they may not be longer than the file: overlapping ranges would
    // make a small request into a large answer.
    let total: u64 = ranges.iter().map(|range| range.end - range.start).sum();
    match ranges.as_slice() {
        [] => Ranges::Unsatisfiable,
        [_, _, ..] if total > length => Ranges::All,
        _ => Ranges::Some(ranges),
    }
}
// ANCHOR_END: parse

/// `first-pos "-" [ last-pos ]` or `"-" suffix-length`, cut to the length of the
/// file; empty if the file has no such bytes; `None` if it is neither.
fn range_spec(spec: &[u8], length: u64) -> Option<Range<u64>> {
    let dash = spec.iter().position(|&byte| byte == b'-')?;
    match (&spec[..dash], &spec[dash + 1..]) {
        (b"", suffix) => Some(length.saturating_sub(number(suffix)?)..length),
        (first, b"") => Some(number(first)?.min(length)..length),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| first.min(length)..last.saturating_add(1).min(length))
        }
    }
}

/// `1*DIGIT`; what no 64-bit number holds lies behind the end of every file.
fn number(digits: &[u8]) -> Option<u64> {
    let all_digits = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    all_digits.then(|| {
        digits.iter().fold(0_u64, |value, digit| {
            value.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
        })
    })
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // one range is meant, not its numbers
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, length: u64, expected: &Ranges) {
        assert_eq!(parse(value.as_bytes(), length), *expected, "{value} of {length}");
    }

    fn some(ranges: &[Range<u64>]) -> Ranges {
        Ranges::Some(ranges.to_vec())
    }

    #[test]
    fn a_range_is_cut_to_the_file() {
        check("bytes=0-0", 10, &some(&[0..1]));
        check("bytes=5-", 10, &some(&[5..10]));
        check("bytes=5-99", 10, &some(&[5..10]));
        check("bytes=-3", 10, &some(&[7..10]));
        check("bytes=-99", 10, &some(&[0..10]));
        check("bytes=0-18446744073709551616", 10, &some(&[0..10]));
        check("bytes= 0-1 , 4-5", 10, &some(&[0..2, 4..6]));
        check("Bytes=,0-1,", 10, &some(&[0..2]));
        check("bytes=4-5,0-1,20-30", 10, &some(&[4..6, 0..2]));
    }

    #[test]
    fn what_the_file_does_not_have_cannot_be_sent() {
        check("bytes=10-", 10, &Ranges::Unsatisfiable);
        check("bytes=10-12,-0", 10, &Ranges::Unsatisfiable);
        check("bytes=99999999999999999999-", 10, &Ranges::Unsatisfiable);
    }

    #[test]
    fn an_empty_file_is_sent_whole() {
        for value in ["bytes=0-", "bytes=-1", "bytes=0-0", "bytes=5-", "bytes=-0", "bytes=0-,-5"] {
            check(value, 0, &Ranges::All);
        }
    }

    #[test]
    fn what_does_not_count_bytes_is_not_there() {
        for value in ["", "by", "bytes", "Bytes 0-1", "lines=0-1", "bytesx=0-1"] {
            check(value, 10, &Ranges::All);
        }
    }

    #[test]
    fn what_is_no_range_of_bytes_is_refused() {
        for specs in ["", ",", "-", "5-4", "a-b", "1-2-3", "+1-2", "0-1,x", "20-30,5-4", "0 - 3"] {
            check(&format!("bytes={specs}"), 10, &Ranges::Unsatisfiable);
        }
    }

    #[test]
    fn a_small_request_makes_no_large_answer() {
        check(&format!("bytes={}", ["0-"; 3].join(",")), 10, &Ranges::All);
        check(&format!("bytes={}", ["0-0"; 17].join(",")), 100, &Ranges::All);
        check(&format!("bytes={}", ["0-0"; 16].join(",")), 100, &some(&vec![0..1; 16]));
    }
}
