//! Wrong: it waits for the content, and takes the padding as it comes.
//!
//! Breaks FastCGI §3.3: a record is whole when its content and its padding have come
//!
//! The padding that has not come is counted as used: the reader's place in the
//! stream is beyond what it has.

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
    if input.len() < 8 + length {
        return Next::Incomplete;
    }
    let request_id = u16::from_be_bytes([id1, id0]);
    Next::Record { kind, request_id, content: &rest[..length], used }
}
