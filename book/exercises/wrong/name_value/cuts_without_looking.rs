//! Wrong: it cuts where the lengths say, whether there is so much or not.
//!
//! Breaks FastCGI §3.4: a pair that has not come whole is not there yet
//!
//! A slice beyond the end is a panic in Rust, and in C the memory of somebody else:
//! the name for that is Heartbleed.

fn main() {}

/// The first pair in `input`: its name, its value, and how many bytes it takes;
/// `None` if not all of it has come.
fn pair(input: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let (name_length, rest) = length(input)?;
    let (value_length, rest) = length(rest)?;
    let (name, rest) = rest.split_at(name_length);
    let (value, rest) = rest.split_at(value_length);
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
