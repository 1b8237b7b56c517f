//! Wrong: the digits are added up by hand, and the number begins again at zero.
//!
//! Breaks RFC 9110 §8.6: a length may be larger than any number, and nothing overflows
//!
//! In C, and in Rust's release builds, a sum that overflows goes on from
//! zero. 2⁶⁴ bytes become none, and the content becomes the next request.

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
        ([length], None) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
            if length.is_empty() {
                return Err(Refused);
            }
            let add =
                |sum: u64, digit: u8| sum.wrapping_mul(10).wrapping_add((digit - b'0').into());
            Ok(End::AfterBytes(length.bytes().fold(0, add)))
        }
        ([], Some(coding)) if coding.eq_ignore_ascii_case("chunked") => Ok(End::OfLastChunk),
        _ => Err(Refused),
    }
}
