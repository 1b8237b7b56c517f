//! Wrong: any coding called chunked will do.
//!
//! Breaks RFC 9112 §6.3: a request whose last coding is not chunked has no end: refuse it
//!
//! In `chunked, gzip` the chunks are inside; what is on the wire is gzip, and
//! says nowhere how long it is.

fn main() {}

/// How the end of a request is found.
#[derive(Debug, PartialEq)]
enum End {
    /// It ends with its head.
    OfHead,
    /// So many bytes follow the head.
    AfterBytes(u64),
    /// Chunks follow; it ends with the last one.
    OfLastChunk,
}

/// The end cannot be known for sure: answer 400 and close.
#[derive(Debug, PartialEq)]
struct Refused;

/// Where a request ends whose fields `Content-Length` and `Transfer-Encoding`
/// have these values, one for each line.
fn end_of_request(content_length: &[&str], transfer_encoding: &[&str]) -> Result<End, Refused> {
    let codings = transfer_encoding.iter().flat_map(|value| value.split(','));
    let mut codings = codings.map(|coding| coding.trim_matches([' ', '\t'])).peekable();
    let first = codings.peek().copied();
    let last_coding = codings.find(|coding| coding.eq_ignore_ascii_case("chunked")).or(first);
    match (content_length, last_coding) {
        ([], None) => Ok(End::OfHead),
        ([length], None) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
            length.parse().map(End::AfterBytes).map_err(|_| Refused)
        }
        ([], Some(coding)) if coding.eq_ignore_ascii_case("chunked") => Ok(End::OfLastChunk),
        _ => Err(Refused),
    }
}
