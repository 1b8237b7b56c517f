//! Wrong: each length stands before its text.
//!
//! Breaks FastCGI §3.4: a length below 128 takes one byte
//!
//! That would be as good a format, and it is another one.

fn main() {}

/// The first pair in `input`: its name, its value, and how many bytes it takes;
/// `None` if not all of it has come.
fn pair(input: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let (name_length, rest) = length(input)?;
    let (name, rest) = rest.split_at_checked(name_length)?;
    let (value_length, rest) = length(rest)?;
    let (value, rest) = rest.split_at_checked(value_length)?;
    Some((name, value, input.len() - rest.len()))
}

/// A length, and what follows it.
fn length(input: &[u8]) -> Option<(usize, &[u8])> {
    match *input {
        [length, ref rest @ ..] if length < 128 => Some((usize::from(length), rest)),
        [b3, b2, b1, b0, ref rest @ ..] => {
            let length = u32::from_be_bytes([b3 & 0x7f, b2, b1, b0]);
            Some((usize::try_from(length).ok()?, rest))
        }
        _ => None,
    }
}
