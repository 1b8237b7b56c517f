//! Wrong: numbers are read by `parse` alone.
//!
//! Breaks RFC 9110 §14.1.2: positions are digits and nothing else
//!
//! Rust's numbers may begin with `+`. Two readers of one range, one of them a
//! cache, then disagree about what it is.

fn main() {}

use std::ops::Range;

/// What to send.
#[derive(Debug, PartialEq)]
enum Answer {
    /// 200 with all of the file.
    Whole,
    /// 206 with these bytes: `0..5` are the first five.
    Part(Range<u64>),
    /// 416: the file has no such bytes.
    Unsatisfiable,
}

/// How to answer a `Range` of this value, when the file has `length` bytes.
fn answer(range: &str, length: u64) -> Answer {
    match read(range, length) {
        None => Answer::Whole,
        Some(range) if range.is_empty() => Answer::Unsatisfiable,
        Some(range) => Answer::Part(range),
    }
}

/// The bytes that are asked for, as far as the file has them; `None` if the value
/// is not one range of bytes.
fn read(range: &str, length: u64) -> Option<Range<u64>> {
    let (unit, spec) = range.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    match spec.split_once('-')? {
        ("", suffix) => Some(length.saturating_sub(number(suffix)?)..length),
        (first, "") => Some(number(first)?.min(length)..length),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| first.min(length)..last.saturating_add(1).min(length))
        }
    }
}

/// The number that these digits make, `None` if they are none. One too large for
/// any file is as good as the largest.
fn number(digits: &str) -> Option<u64> {
    let is_number = digits.bytes().any(|byte| byte.is_ascii_digit()) && !digits.contains('-');
    is_number.then(|| digits.trim_start_matches('+').parse().unwrap_or(u64::MAX))
}
