//! A record is a header, content and padding, and comes in pieces.
//!
//! Chapter 4 · FastCGI §3.3 · book/src/ch04-cgi/fastcgi-records.md
//!
//! ```text
//! version │ type │ request id │ content length │ padding length │ reserved
//!    1    │  1   │     2      │       2        │       1        │    1      bytes
//! ```
//!
//! A connection is a stream: what one side writes at once may come in two pieces, and
//! two records in one. A reader that takes what has come for a record works on your
//! computer, where everything comes at once. Behind a real network it mixes one
//! request's bytes with another's.
//!
//! "Not all has come" is an answer like any other: whoever asked will ask again, with
//! more bytes.

fn main() {
    // A place to try things: `cargo run --bin next_record`.
}

/// What the bytes begin with.
#[derive(Debug, PartialEq)]
enum Next<'b> {
    /// A record, and how many bytes it takes.
    Record { kind: u8, request_id: u16, content: &'b [u8], used: usize },
    /// A record of which not all has come.
    Incomplete,
    /// No record: the other side speaks something else.
    Refused,
}

/// The first record in `input`.
fn next(input: &[u8]) -> Next<'_> {
    // TODO: look at the first byte, then wait for the header, then for the content
    // and the padding that it announces.
    todo!("find the first record")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "FastCGI §3.3: a header has eight bytes, and its numbers have the large end first";
    const WAIT: &str = "FastCGI §3.3: a record is whole when its content and its padding have come";
    const PADDING: &str = "FastCGI §3.3: padding belongs to the record, and means nothing";
    const VERSION: &str = "FastCGI §3.3: the first byte is the version, which is 1";

    #[track_caller]
    fn check(rule: &str, input: &[u8], expected: Next<'_>) {
        let seen = std::panic::catch_unwind(|| next(input));
        let said =
            seen.as_ref().map_or("a panic, see above".to_owned(), |seen| format!("{seen:x?}"));
        assert!(
            seen.is_ok_and(|seen| seen == expected),
            "{rule}\n  what has come: {input:02x?}\n  your answer:   {said}\n  expected:      {expected:x?}\n"
        );
    }

    use Next::{Incomplete, Record, Refused};

    #[test]
    fn the_parts_of_a_header() {
        let wire = b"\x01\x05\x00\x01\x00\x03\x00\x00abc";
        check(HEADER, wire, Record { kind: 5, request_id: 1, content: b"abc", used: 11 });
        let wire = b"\x01\x06\x01\x02\x00\x00\x00\x00";
        check(HEADER, wire, Record { kind: 6, request_id: 258, content: b"", used: 8 });
        let mut wire = b"\x01\x06\x00\x01\x01\x04\x00\x00".to_vec();
        wire.extend([7; 260]);
        check(HEADER, &wire, Record { kind: 6, request_id: 1, content: &[7; 260], used: 268 });
    }

    #[test]
    fn every_byte_is_waited_for() {
        let wire = b"\x01\x05\x00\x01\x00\x03\x05\x00abc-----";
        for length in 0..wire.len() {
            check(WAIT, &wire[..length], Incomplete);
        }
    }

    #[test]
    fn what_follows_begins_after_the_padding() {
        let wire = b"\x01\x05\x00\x01\x00\x03\x05\x00abc-----\x01\x05";
        check(PADDING, wire, Record { kind: 5, request_id: 1, content: b"abc", used: 16 });
        let wire = b"\x01\x05\x00\x01\x00\x00\x02\x00\x01\x01";
        check(PADDING, wire, Record { kind: 5, request_id: 1, content: b"", used: 10 });
    }

    #[test]
    fn another_protocol_is_refused_at_its_first_byte() {
        check(VERSION, b"H", Refused);
        check(VERSION, b"HTTP/1.1 200 OK\r\n\r\n", Refused);
        check(VERSION, b"\x00\x05\x00\x01\x00\x00\x00\x00", Refused);
        check(VERSION, b"", Incomplete);
    }
}
