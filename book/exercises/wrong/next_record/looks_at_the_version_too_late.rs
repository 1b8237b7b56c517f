//! Wrong: the version is looked at when the header is whole.
//!
//! Breaks FastCGI §3.3: the first byte is the version, which is 1
//!
//! Somebody who speaks another protocol and waits for an answer to one byte is waited
//! for in return.

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
    let Some((&[version, kind, id1, id0, length1, length0, padding, _], rest)) =
        input.split_first_chunk::<8>()
    else {
        return Next::Incomplete;
    };
    if version != 1 {
        return Next::Refused;
    }
    let length = usize::from(u16::from_be_bytes([length1, length0]));
    let used = 8 + length + usize::from(padding);
    if input.len() < used {
        return Next::Incomplete;
    }
    let request_id = u16::from_be_bytes([id1, id0]);
    Next::Record { kind, request_id, content: &rest[..length], used }
}
