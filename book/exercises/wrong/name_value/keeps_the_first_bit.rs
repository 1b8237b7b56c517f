//! Wrong: the bit that says "four bytes" is counted in.
//!
//! Breaks FastCGI §3.4: a length whose first bit is set takes four bytes, without that bit
//!
//! 128 becomes 2,147,483,776, and the reader waits for two gibibytes.

fn main() {}

/// The first pair in `input`: its name, its value, and how many bytes it takes;
/// `None` if not all of it has come.
fn pair(input: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let (name_length, rest) = length(input)?;
    let (value_length, rest) = length(rest)?;
    let (name, rest) = rest.split_at_checked(name_length)?;
    let (value, rest) = rest.split_at_checked(value_length)?;
    Some((name, value, input.len() - rest.len()))
}

/// A length, and what follows it.
fn length(input: &[u8]) -> Option<(usize, &[u8])> {
    match *input {
        [length, ref rest @ ..] if length < 128 => Some((usize::from(length), rest)),
        [b3, b2, b1, b0, ref rest @ ..] => {
            let length = u32::from_be_bytes([b3, b2, b1, b0]);
            Some((usize::try_from(length).ok()?, rest))
        }
        _ => None,
    }
}
