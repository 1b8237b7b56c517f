//! Wrong: the length is whatever `parse` takes.
//!
//! Breaks RFC 3875 §4.1.2: CONTENT_LENGTH is digits and nothing else
//!
//! `+8` is a number for `parse`, and no length for anybody else.

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
        digits => digits.parse().map_err(|_| {
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { Trouble::TooMuch } else { Trouble::Length }
        })?,
    };
    if length > most {
        return Err(Trouble::TooMuch);
    }
    let mut content = Vec::new();
    stdin.take(length).read_to_end(&mut content).map_err(|_| Trouble::BrokeOff)?;
    if content.len() as u64 == length { Ok(content) } else { Err(Trouble::BrokeOff) }
}
