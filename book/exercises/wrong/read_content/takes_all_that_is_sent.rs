//! Wrong: however much it is, it is read.
//!
//! Breaks RFC 3875 §9.6: a program need not take more than it wants, and says so before it reads
//!
//! Whoever sends a thousand gigabytes fills the memory of the machine.

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
    let mut content = Vec::new();
    stdin.take(length).read_to_end(&mut content).map_err(|_| Trouble::BrokeOff)?;
    if content.len() as u64 == length { Ok(content) } else { Err(Trouble::BrokeOff) }
}
