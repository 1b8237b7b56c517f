//! A response on its way: from a body that says what it is to bytes on the wire.
//!
//! Chapter 2 · RFC 9112 §6
//!
//! *Strategy*: each kind of body has its own best way. Bytes in memory leave
//! with the head in one call; a file is moved by the kernel; a stream is sent
//! piece by piece as it comes, framed as was decided.

use std::io::{self, ErrorKind, Read};

use crate::chunked;
use crate::framing::Framing;
use crate::handler::{self, Body};
use crate::open_connections::Activity;
use crate::wire::Wire;

/// The most of a stream that is sent in one piece.
const PIECE: usize = 16 * 1024;

/// Sends the head that is in `out`, and the body; how many bytes of content.
pub(crate) fn deliver(
    wire: &mut Wire<'_>,
    out: &mut Vec<u8>,
    body: Body,
    framing: Framing,
) -> io::Result<u64> {
    if !matches!(body, Body::Stream(_)) {
        wire.does(Activity::Sends);
    }
    match body {
        Body::Empty => wire.send(out, &[]).map(|()| 0),
        Body::Bytes(bytes) => wire.send(out, &bytes).map(|()| bytes.len() as u64),
        Body::File { file, range } => {
            let length = range.end.saturating_sub(range.start);
            wire.send_file(out, &file, range).map(|()| length)
        }
        Body::Stream(mut stream) => {
            let sent = deliver_stream(wire, out, &mut *stream, framing);
            handler::drop_contained(stream);
            sent
        }
    }
}

/// Sends a stream as it comes. The head waits for the first piece.
fn deliver_stream(
    wire: &mut Wire<'_>,
    out: &mut Vec<u8>,
    stream: &mut dyn Read,
    framing: Framing,
) -> io::Result<u64> {
    let mut piece = vec![0; PIECE];
    let (mut sent, mut is_first) = (0, true);
    loop {
        let most = match framing {
            Framing::Length(length) => {
                usize::try_from(length - sent).unwrap_or(usize::MAX).min(piece.len())
            }
            _ => piece.len(),
        };
        let length = if most == 0 { 0 } else { handler::read(stream, &mut piece[..most])? };
        // Until now the client could still be sent an interim response, to see
        // whether it is there.
        if is_first {
            wire.does(Activity::Sends);
            is_first = false;
        }
        match framing {
            Framing::Length(promised) if length == 0 && sent < promised => {
                return Err(io::Error::new(
                    ErrorKind::UnexpectedEof,
                    "the stream ended before its Content-Length",
                ));
            }
            Framing::Chunked if length == 0 => out.extend_from_slice(chunked::LAST_CHUNK),
            Framing::Chunked => chunked::encode_chunk(&piece[..length], out),
            _ => out.extend_from_slice(&piece[..length]),
        }
        wire.send(out, &[])?;
        out.clear();
        sent += length as u64;
        if length == 0 {
            return Ok(sent);
        }
    }
}
