//! `response`: the same reply, and as much of the output taken for the head,
//! however the output is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use step3_cgi::response::{Reader, Reply, ResponseError};

/// Reads pieces of this size; with the reply comes the length of the head.
fn read(output: &[u8], size: usize) -> Result<Option<(Reply, usize)>, ResponseError> {
    let (mut reader, mut before) = (Reader::new(), 0);
    for piece in output.chunks(size) {
        if let Some((reply, used)) = reader.feed(piece)? {
            return Ok(Some((reply, before + used)));
        }
        before += piece.len();
    }
    Ok(None)
}

fuzz_target!(|input: &[u8]| {
    let Some((&size, output)) = input.split_first() else { return };
    let whole = read(output, output.len().max(1));
    assert_eq!(read(output, usize::from(size) + 1), whole);
    if let Ok(Some((Reply::Response { status, fields }, length))) = whole {
        assert!((200..600).contains(&status.as_u16()) && length <= output.len());
        assert!(!fields.contains_key("transfer-encoding") && !fields.contains_key("connection"));
    }
});
