//! Wrong: a length is always one byte.
//!
//! Breaks FastCGI §3.4: a length whose first bit is set takes four bytes, without that bit
//!
//! It works until a value has 128 bytes: a cookie, or the path of a deep folder.

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
    let (&length, rest) = input.split_first()?;
    Some((usize::from(length), rest))
}
