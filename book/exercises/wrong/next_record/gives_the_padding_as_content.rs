//! Wrong: the padding is handed on with the content.
//!
//! Breaks FastCGI §3.3: padding belongs to the record, and means nothing
//!
//! A page gets some bytes of nothing at its end, and a picture is broken.

fn main() {}

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
    if input.first().is_some_and(|&version| version != 1) {
        return Next::Refused;
    }
    let Some((&[_, kind, id1, id0, length1, length0, padding, _], rest)) =
        input.split_first_chunk::<8>()
    else {
        return Next::Incomplete;
    };
    let length = usize::from(u16::from_be_bytes([length1, length0]));
    let used = 8 + length + usize::from(padding);
    if input.len() < used {
        return Next::Incomplete;
    }
    let request_id = u16::from_be_bytes([id1, id0]);
    Next::Record { kind, request_id, content: &rest[..used - 8], used }
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
