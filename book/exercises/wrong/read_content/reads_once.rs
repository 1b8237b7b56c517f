//! Wrong: it reads once.
//!
//! Breaks RFC 3875 §4.2: the program reads CONTENT_LENGTH bytes, in as many reads as it takes
//!
//! A pipe gives what is in it. With a small form that is all of it, nearly always.

use std::io::Read;

fn main() {}

/// Why there is no content to work with.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    /// `CONTENT_LENGTH` is set, and is not a number of digits.
    Length,
    /// The program does not want so much.
    TooMuch,
    /// The stream ended early, or could not be read.
    BrokeOff,
}

/// The content of a request: `length` bytes of `stdin`, at most `most`. A length
/// that is not set, or is empty, means that there is none.
fn content(length: Option<&str>, stdin: &mut dyn Read, most: u64) -> Result<Vec<u8>, Trouble> {
    let length: u64 = match length.unwrap_or_default() {
        "" => 0,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map_err(|_| Trouble::TooMuch)?
        }
        _ => return Err(Trouble::Length),
    };
    if length > most {
        return Err(Trouble::TooMuch);
    }
    let mut content = vec![0; length as usize];
    let count = stdin.read(&mut content).map_err(|_| Trouble::BrokeOff)?;
    content.truncate(count);
    if content.len() as u64 == length { Ok(content) } else { Err(Trouble::BrokeOff) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// A stream that gives a byte at a time, and after the last one fails, as a
    /// pipe would wait that nobody closes.
    struct Drops<'b> {
        bytes: &'b [u8],
        ends: bool,
    }

    impl Read for Drops<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match (self.bytes.split_first(), out.first_mut()) {
                (_, None) => Ok(0),
                (Some((&byte, rest)), Some(place)) => {
                    *place = byte;
                    self.bytes = rest;
                    Ok(1)
                }
                (None, _) if self.ends => Ok(0),
                (None, _) => Err(io::Error::other("you would wait here for ever")),
            }
        }
    }

    #[track_caller]
    fn check(
        rule: &str,
        length: Option<&str>,
        sent: &str,
        ends: bool,
        expected: Result<&str, Trouble>,
    ) {
        let mut stdin = Drops { bytes: sent.as_bytes(), ends };
        let answer = content(length, &mut stdin, 1000);
        let answer = answer.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let expected = expected.map(str::to_owned);
        assert!(
            answer == expected,
            "{rule}\n  CONTENT_LENGTH: {length:?}\n  standard input: {sent:?}\n  your answer:    {answer:?}\n  expected:       {expected:?}\n"
        );
    }

    #[test]
    fn all_of_it_is_read_however_it_comes() {
        let rule =
            "RFC 3875 §4.2: the program reads CONTENT_LENGTH bytes, in as many reads as it takes";
        check(rule, Some("8"), "name=Ada", true, Ok("name=Ada"));
        check(rule, Some("0"), "", true, Ok(""));
    }

    #[test]
    fn nothing_behind_it_is_read() {
        let rule =
            "RFC 3875 §4.2: the program reads no more than CONTENT_LENGTH: the stream need not end";
        check(rule, Some("8"), "name=Ada", false, Ok("name=Ada"));
        check(rule, Some("4"), "name=Ada", true, Ok("name"));
        check(rule, Some("0"), "", false, Ok(""));
    }

    #[test]
    fn no_length_means_no_content() {
        let rule =
            "RFC 3875 §4.1.2: without CONTENT_LENGTH there is no content, and nothing is read";
        check(rule, None, "", false, Ok(""));
        check(rule, Some(""), "", false, Ok(""));
    }

    #[test]
    fn half_a_form_is_no_form() {
        let rule = "RFC 3875 §4.2: less than CONTENT_LENGTH means that the content broke off";
        check(rule, Some("8"), "name=A", true, Err(Trouble::BrokeOff));
        check(rule, Some("8"), "", true, Err(Trouble::BrokeOff));
    }

    #[test]
    fn a_length_is_digits() {
        let rule = "RFC 3875 §4.1.2: CONTENT_LENGTH is digits and nothing else";
        for length in ["-1", "+8", " 8", "8x", "0x8"] {
            check(rule, Some(length), "name=Ada", true, Err(Trouble::Length));
        }
    }

    #[test]
    fn what_is_too_much_is_not_read_and_not_made_room_for() {
        let rule = "RFC 3875 §9.6: a program need not take more than it wants, and says so before it reads";
        check(rule, Some("1001"), "", false, Err(Trouble::TooMuch));
        check(rule, Some("18446744073709551616"), "", false, Err(Trouble::TooMuch));
    }
}
