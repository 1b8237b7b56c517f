//! Wrong: what came is taken for all of it.
//!
//! Breaks RFC 3875 §4.2: less than CONTENT_LENGTH means that the content broke off
//!
//! The client lost its connection while it sent `amount=1000`; `amount=10` arrives.

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
    let mut content = Vec::new();
    stdin.take(length).read_to_end(&mut content).map_err(|_| Trouble::BrokeOff)?;
    Ok(content)
}
