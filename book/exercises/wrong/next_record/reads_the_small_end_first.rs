//! Wrong: numbers are read with the small end first.
//!
//! Breaks FastCGI §3.3: a header has eight bytes, and its numbers have the large end first
//!
//! Most processors store numbers so, and nearly every protocol writes them the other
//! way round. A content of 260 bytes is taken for one of 1,025.

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
    let length = usize::from(u16::from_le_bytes([length1, length0]));
    let used = 8 + length + usize::from(padding);
    if input.len() < used {
        return Next::Incomplete;
    }
    let request_id = u16::from_le_bytes([id1, id0]);
    Next::Record { kind, request_id, content: &rest[..length], used }
}
