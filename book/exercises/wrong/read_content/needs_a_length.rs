//! Wrong: without a length there is an error.
//!
//! Breaks RFC 3875 §4.1.2: without CONTENT_LENGTH there is no content, and nothing is read
//!
//! A GET has no content, and so no length. That is no fault.

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
        "" => return Err(Trouble::Length),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map_err(|_| Trouble::TooMuch)?
        }
        _ => return Err(Trouble::Length),
    };
    if length > most {
        return Err(Trouble::TooMuch);
    }
    let mut content = Vec::new();
    stdin.take(length).read_to_end(&mut content).map_err(|_| Trouble::BrokeOff)?;
    if content.len() as u64 == length { Ok(content) } else { Err(Trouble::BrokeOff) }
}
