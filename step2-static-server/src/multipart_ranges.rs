//! Several ranges of a file in one answer.
//!
//! Chapter 3 · RFC 9110 §14.6, RFC 2046 §5.1
//!
//! *Strategy*: the answer is a list of pieces, some of them text (the head of
//! each part) and some of them ranges of the file. Its length is known before
//! it is sent, and no more than one piece is in memory while it is.

use std::collections::VecDeque;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use step1_http_basics::handler::{Body, Response};
use step1_http_basics::read_at;

use crate::answer::OpenFile;

enum Piece {
    Text(VecDeque<u8>),
    Bytes(Range<u64>),
}

/// A 206 with one part for each range.
#[must_use]
pub fn response(open: &OpenFile, ranges: &[Range<u64>]) -> Response {
    // Nobody who writes files here can know the boundary beforehand.
    let boundary = format!("{:016x}", RandomState::new().hash_one(ranges.len()));
    let media_type = open.state.media_type.to_str().unwrap_or("application/octet-stream");
    let mut pieces = VecDeque::new();
    for range in ranges {
        let (first, last, length) = (range.start, range.end - 1, open.state.length);
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: bytes {first}-{last}/{length}\r\n\r\n"
        );
        pieces.push_back(Piece::Text(head.into_bytes().into()));
        pieces.push_back(Piece::Bytes(range.clone()));
    }
    pieces.push_back(Piece::Text(format!("\r\n--{boundary}--\r\n").into_bytes().into()));
    let length: u64 = pieces.iter().map(Piece::length).sum();

    let mut response = Response::new(StatusCode::PARTIAL_CONTENT);
    if let Ok(value) = HeaderValue::try_from(format!("multipart/byteranges; boundary={boundary}")) {
        response.fields.insert(CONTENT_TYPE, value);
    }
    response.fields.insert(CONTENT_LENGTH, length.into());
    response.body = Body::Stream(Box::new(Parts { file: Arc::clone(&open.file), pieces }));
    response
}

impl Piece {
    fn length(&self) -> u64 {
        match self {
            Piece::Text(text) => text.len() as u64,
            Piece::Bytes(range) => range.end - range.start,
        }
    }
}

struct Parts {
    file: Arc<File>,
    pieces: VecDeque<Piece>,
}

impl Read for Parts {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = match self.pieces.front_mut() {
                None => return Ok(0),
                Some(Piece::Text(text)) => text.read(out)?,
                Some(Piece::Bytes(range)) if range.is_empty() => 0,
                Some(Piece::Bytes(range)) => {
                    let most = usize::try_from(range.end - range.start)
                        .unwrap_or(usize::MAX)
                        .min(out.len());
                    let length = read_at(&self.file, &mut out[..most], range.start)?;
                    if length == 0 && most > 0 {
                        return Err(io::Error::new(
                            io::ErrorKind::UnexpectedEof,
                            "the file has shrunk",
                        ));
                    }
                    range.start += length as u64;
                    length
                }
            };
            if length > 0 || out.is_empty() {
                return Ok(length);
            }
            self.pieces.pop_front();
        }
    }
}
