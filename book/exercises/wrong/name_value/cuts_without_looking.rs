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

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = "FastCGI §3.4: a length below 128 takes one byte";
    const LONG: &str =
        "FastCGI §3.4: a length whose first bit is set takes four bytes, without that bit";
    const ORDER: &str = "FastCGI §3.4: both lengths come first, then the name, then the value";
    const WAIT: &str = "FastCGI §3.4: a pair that has not come whole is not there yet";

    /// The pair, and how many bytes it takes.
    type Seen = Option<(String, String, usize)>;

    #[track_caller]
    fn check(rule: &str, input: &[u8], expected: Option<(&str, &str, usize)>) {
        let seen = std::panic::catch_unwind(|| -> Seen {
            let (name, value, used) = pair(input)?;
            let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
            Some((text(name), text(value), used))
        });
        let expected: Seen =
            expected.map(|(name, value, used)| (name.to_owned(), value.to_owned(), used));
        let said = match &seen {
            Ok(seen) => format!("{seen:?}"),
            Err(_) => "a panic, see above".to_owned(),
        };
        let shown = &input[..input.len().min(40)];
        assert!(
            seen.is_ok_and(|seen| seen == expected),
            "{rule}\n  what has come: {} bytes, {shown:02x?}…\n  your answer:   {said}\n  expected:      {expected:?}\n",
            input.len()
        );
    }

    #[test]
    fn short_names_and_values() {
        check(SHORT, b"\x04\x03NAMEAda", Some(("NAME", "Ada", 9)));
        check(SHORT, b"\x01\x00A", Some(("A", "", 3)));
        let value = "v".repeat(127);
        let wire = [b"\x01\x7fA", value.as_bytes()].concat();
        check(SHORT, &wire, Some(("A", &value, 130)));
    }

    #[test]
    fn long_names_and_values() {
        let value = "v".repeat(128);
        let wire = [b"\x01\x80\x00\x00\x80A", value.as_bytes()].concat();
        check(LONG, &wire, Some(("A", &value, 134)));
        let value = "v".repeat(70_000);
        let wire = [b"\x01\x80\x01\x11\x70A", value.as_bytes()].concat();
        check(LONG, &wire, Some(("A", &value, 70_006)));
        check(LONG, b"\x80\x00\x00\x01\x80\x00\x00\x02abc", Some(("a", "bc", 11)));
    }

    #[test]
    fn both_lengths_come_first() {
        check(ORDER, b"\x01\x01ab\x01\x01cd", Some(("a", "b", 4)));
        check(ORDER, b"\x00\x02ab", Some(("", "ab", 4)));
    }

    #[test]
    fn half_a_pair_is_none_yet() {
        let wire = b"\x04\x80\x00\x00\x03NAMEAda";
        for length in 0..wire.len() {
            check(WAIT, &wire[..length], None);
        }
        check(WAIT, b"\xff\xff\xff\xff\xff\xff\xff\xff", None);
    }
}
