//! `chunked`: the same content, the same end, the same error, whether the bytes
//! come at once, one by one, or in two pieces; and content that was read is
//! written and read again.
#![no_main]

use http::HeaderMap;
use libfuzzer_sys::fuzz_target;
use step1_http_basics::chunked::{ChunkedError, Decoded, Decoder, LAST_CHUNK, encode_chunk};
use step1_http_basics_fuzz::{behind_head, cuts};

/// Content, trailers and the number of bytes used; `None` if more are needed.
type Read = Result<Option<(Vec<u8>, HeaderMap, usize)>, ChunkedError>;

/// Reads `input`, of which first so much has come as the first of `ends` says,
/// then as the next one says; `most` bytes of content are taken at a time.
fn read(input: &[u8], ends: impl IntoIterator<Item = usize>, most: usize) -> Read {
    let (mut decoder, mut content, mut used) = (Decoder::new(), Vec::new(), 0);
    for end in ends.into_iter().chain([input.len()]) {
        loop {
            let (length, decoded) = decoder.decode_at_most(&input[used..end], most)?;
            used += length;
            assert!(used <= end);
            match decoded {
                Decoded::Incomplete => break,
                Decoded::Data(data) => {
                    assert!(!data.is_empty() && data.len() <= most);
                    content.extend_from_slice(data);
                }
                Decoded::End => return Ok(Some((content, decoder.trailers().clone(), used))),
            }
        }
    }
    Ok(None)
}

fuzz_target!(|input: &[u8]| {
    let input = behind_head(input);
    let whole = read(input, [], usize::MAX);
    assert_eq!(read(input, 0..input.len(), 1), whole, "byte by byte");
    for at in cuts(input) {
        assert_eq!(read(input, [at], 7), whole, "cut after {at} bytes");
    }
    if let Ok(Some((content, _, used))) = whole {
        assert!(content.len() < used);
        let mut written = Vec::new();
        content.chunks(5).for_each(|piece| encode_chunk(piece, &mut written));
        written.extend_from_slice(LAST_CHUNK);
        let length = written.len();
        assert_eq!(read(&written, [], 3), Ok(Some((content, HeaderMap::new(), length))));
    }
});
