//! Wrong: of several lengths the first one counts.
//!
//! Breaks RFC 9112 §6.3: lengths that differ are refused, in one line or in several
//!
//! What `get` of most header maps gives. The next program may take the last
//! one.

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
    let mut codings = transfer_encoding.iter().flat_map(|value| value.split(','));
    let last_coding = codings.next_back().map(|coding| coding.trim_matches([' ', '\t']));
    match (content_length, last_coding) {
        ([], None) => Ok(End::OfHead),
        ([length, ..], None) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
            length.parse().map(End::AfterBytes).map_err(|_| Refused)
        }
        ([], Some(coding)) if coding.eq_ignore_ascii_case("chunked") => Ok(End::OfLastChunk),
        _ => Err(Refused),
    }
}
