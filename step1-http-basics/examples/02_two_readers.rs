//! Two readers of one stream: one goes by the length, the other by the chunks.
//!
//! Chapter 2 · RFC 9112 §11.2
//!
//! Neither refuses what could be read in two ways. Step 1 does.

use http::HeaderMap;
use step1_http_basics::chunked::{Decoded, Decoder};
use step1_http_basics::limits::Limits;
use step1_http_basics::{framing, parse};

const STREAM: &[u8] = b"POST /news HTTP/1.1\r\nHost: me\r\nContent-Length: 38\r\n\
    Transfer-Encoding: chunked\r\n\r\n\
    0\r\n\r\n\
    GET /admin HTTP/1.1\r\nHost: me\r\n\r\n";

fn main() {
    println!("a proxy that goes by Content-Length:");
    read_by(by_length);
    println!("a server that goes by Transfer-Encoding:");
    read_by(by_chunks);
    println!("step 1:");
    if let Ok(Some((head, _))) = parse::request_head(STREAM, &Limits::default())
        && let Err(error) = framing::of_request(head.version, &head.fields)
    {
        println!("  refused: {error}");
    }
}

// ANCHOR: readers
/// Prints the requests in the stream, as a reader sees them who finds the end
/// of each by `length_behind_head`.
fn read_by(length_behind_head: fn(&HeaderMap, &[u8]) -> usize) {
    let mut stream = STREAM;
    while let Ok(Some((head, length))) = parse::request_head(stream, &Limits::default()) {
        let behind = length_behind_head(&head.fields, &stream[length..]);
        println!("  {} {}, {behind} bytes behind its head", head.method, head.target.path());
        stream = &stream[length + behind..];
    }
}

/// Believes `Content-Length`, and does not look at `Transfer-Encoding`.
fn by_length(fields: &HeaderMap, rest: &[u8]) -> usize {
    let length = fields.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
    length.unwrap_or(0).min(rest.len())
}

/// Believes `Transfer-Encoding`, and does not look at `Content-Length`.
fn by_chunks(fields: &HeaderMap, rest: &[u8]) -> usize {
    let (mut decoder, mut used) = (Decoder::new(), 0);
    while fields.contains_key("transfer-encoding") {
        match decoder.decode(&rest[used..]) {
            Ok((length, Decoded::Data(_))) => used += length,
            Ok((length, Decoded::End)) => return used + length,
            Ok((_, Decoded::Incomplete)) | Err(_) => break,
        }
    }
    used
}
// ANCHOR_END: readers
