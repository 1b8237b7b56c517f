//! A pair is two lengths, a name and a value.
//!
//! Chapter 4 · FastCGI §3.4 · book/src/ch04-cgi/fastcgi-records.md
//!
//! ```text
//! 04 03 N A M E A d a            a name of 4 bytes, a value of 3
//! 01 80 00 00 80 A v v v …       a name of 1 byte, a value of 128
//! ```
//!
//! This is how all variables of a request travel. Nearly all lengths fit into one byte,
//! so a reader that knows no other passes every test that its author thinks of. Then
//! somebody comes with a long cookie, and 128 bytes are taken for none.

fn main() {
    // A place to try things: `cargo run --bin name_value`.
}

/// The first pair in `input`: its name, its value, and how many bytes it takes;
/// `None` if not all of it has come.
fn pair(input: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    // TODO: read two lengths, then so many bytes of name and of value. A length is
    // one byte, or four if the first bit is set; that bit does not count.
    todo!("read a pair")
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
