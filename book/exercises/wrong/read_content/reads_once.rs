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
