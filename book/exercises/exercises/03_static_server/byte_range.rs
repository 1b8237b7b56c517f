//! A range is the bytes that it names, as far as there are any.
//!
//! Chapter 3 · RFC 9110 §14.1.2 · book/src/ch03-static-server/ranges.md
//!
//! ```text
//! Range: bytes=0-499       the first 500 bytes
//! Range: bytes=500-        all from the 501st on
//! Range: bytes=-500        the last 500
//! ```
//!
//! A download breaks off, and the client asks for the rest; a video player asks for
//! the piece that you click on. Both put the pieces together. With one byte too few
//! the film stutters; with one too many the archive is broken, and nobody knows why.
//!
//! `Range` is a wish: a server may pass it over, and send 200 and the whole file. So
//! this one does with what is no range, where step 2 says 416 (both are allowed), and
//! with several ranges at once. It is only when the file has no byte of what is asked
//! for that the answer is 416.

fn main() {
    // A place to try things: `cargo run --bin byte_range`.
}

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
    // TODO: read `bytes=FIRST-LAST`, `bytes=FIRST-` and `bytes=-SUFFIX`. Cut the
    // end to that of the file. What is not one of the three, or has a LAST before
    // its FIRST, is not there: send the whole.
    todo!("find out which bytes are asked for")
}

/// The number that these digits make, `None` if they are none. One too large for
/// any file is as good as the largest.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, range: &str, length: u64, expected: Answer) {
        let seen = std::panic::catch_unwind(|| answer(range, length));
        let said =
            seen.as_ref().map_or("a panic, see above".to_owned(), |seen| format!("{seen:?}"));
        assert!(
            seen.is_ok_and(|seen| seen == expected),
            "{rule}\n  Range:       {range}\n  the file:    {length} bytes\n  your answer: {said}\n  expected:    {expected:?}\n"
        );
    }

    use Answer::{Part, Unsatisfiable, Whole};

    #[test]
    fn both_ends_are_counted_from_zero_and_included() {
        let rule = "RFC 9110 §14.1.2: positions begin at zero, and the last one is sent too";
        check(rule, "bytes=0-4", 10, Part(0..5));
        check(rule, "bytes=0-0", 10, Part(0..1));
        check(rule, "bytes=9-9", 10, Part(9..10));
        let rule = "RFC 9110 §14.1: the names of units have no case";
        check(rule, "Bytes=0-4", 10, Part(0..5));
    }

    #[test]
    fn an_open_end_is_the_end_of_the_file() {
        let rule = "RFC 9110 §14.1.2: without a last position all that follows is asked for";
        check(rule, "bytes=4-", 10, Part(4..10));
        check(rule, "bytes=0-", 10, Part(0..10));
    }

    #[test]
    fn a_suffix_is_counted_from_the_end() {
        let rule = "RFC 9110 §14.1.2: without a first position the number counts from the end";
        check(rule, "bytes=-3", 10, Part(7..10));
        check(rule, "bytes=-10", 10, Part(0..10));
        let rule = "RFC 9110 §14.1.2: a suffix longer than the file is all of it";
        check(rule, "bytes=-11", 10, Part(0..10));
    }

    #[test]
    fn the_end_is_cut_to_that_of_the_file() {
        let rule = "RFC 9110 §14.1.2: a last position beyond the end is the end";
        check(rule, "bytes=4-10", 10, Part(4..10));
        check(rule, "bytes=4-999", 10, Part(4..10));
        let rule =
            "RFC 9110 §14.1.2: a position may be larger than any number, and nothing overflows";
        check(rule, "bytes=4-18446744073709551615", 10, Part(4..10));
        check(rule, "bytes=4-99999999999999999999", 10, Part(4..10));
    }

    #[test]
    fn what_lies_outside_is_416() {
        let rule = "RFC 9110 §15.5.17: a range without a byte of the file cannot be satisfied: 416";
        check(rule, "bytes=10-", 10, Unsatisfiable);
        check(rule, "bytes=10-12", 10, Unsatisfiable);
        check(rule, "bytes=99999999999999999999-", 10, Unsatisfiable);
        check(rule, "bytes=-0", 10, Unsatisfiable);
        check(rule, "bytes=0-", 0, Unsatisfiable);
    }

    #[test]
    fn what_is_no_range_is_not_there() {
        let rule = "RFC 9110 §14.2: a unit that is not known is passed over: the whole is sent";
        check(rule, "lines=0-4", 10, Whole);
        check(rule, "lines=10-12", 10, Whole);
        let rule = "RFC 9110 §14.1.1: a last position before the first makes the range invalid";
        check(rule, "bytes=5-4", 10, Whole);
        check(rule, "bytes=12-11", 10, Whole);
        let rule = "RFC 9110 §14.1.2: positions are digits and nothing else";
        for range in
            ["bytes=", "bytes=-", "bytes=a-b", "bytes=+0-4", "bytes=0-+4", "bytes=--4", "bytes=4"]
        {
            check(rule, range, 10, Whole);
        }
    }
}
