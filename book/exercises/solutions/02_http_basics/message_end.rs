//! A request ends in one place, or it is refused.
//!
//! Chapter 2 · RFC 9112 §6.3 · book/src/ch02-http/end.md
//!
//! What may be is said in three lines; all else falls into the last one. A rule
//! that was forgotten here refuses too much, and not too little.

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
            length.parse().map(End::AfterBytes).map_err(|_| Refused)
        }
        ([], Some(coding)) if coding.eq_ignore_ascii_case("chunked") => Ok(End::OfLastChunk),
        _ => Err(Refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, lengths: &[&str], codings: &[&str], expected: Result<End, Refused>) {
        let answer = end_of_request(lengths, codings);
        assert!(
            answer == expected,
            "{rule}\n  Content-Length:    {lengths:?}\n  Transfer-Encoding: {codings:?}\n  your answer:       {answer:?}\n  expected:          {expected:?}\n"
        );
    }

    #[test]
    fn without_a_word_about_it_there_is_no_content() {
        let rule = "RFC 9112 §6.3: a request with neither field ends with its head";
        check(rule, &[], &[], Ok(End::OfHead));
    }

    #[test]
    fn a_length_is_one_number_of_digits() {
        let rule = "RFC 9112 §6.3: a length says how many bytes follow the head";
        check(rule, &["5"], &[], Ok(End::AfterBytes(5)));
        check(rule, &["0"], &[], Ok(End::AfterBytes(0)));
        check(rule, &["18446744073709551615"], &[], Ok(End::AfterBytes(u64::MAX)));
        let rule = "RFC 9110 §8.6: a length is digits and nothing else";
        for length in ["", "+5", "-5", "5 5", "0x5", "5.0", "five"] {
            check(rule, &[length], &[], Err(Refused));
        }
        let rule = "RFC 9110 §8.6: a length may be larger than any number, and nothing overflows";
        check(rule, &["18446744073709551616"], &[], Err(Refused));
    }

    #[test]
    fn two_lengths_are_refused() {
        // `5, 5` may be read as 5 or refused; step 1 refuses it. So nothing is asked about it here.
        let rule = "RFC 9112 §6.3: lengths that differ are refused, in one line or in several";
        check(rule, &["5", "6"], &[], Err(Refused));
        check(rule, &["6", "5"], &[], Err(Refused));
        check(rule, &["5, 6"], &[], Err(Refused));
    }

    #[test]
    fn chunked_ends_a_request_when_it_stands_last() {
        let rule =
            "RFC 9112 §6.3: with chunked as the last coding a request ends with its last chunk";
        check(rule, &[], &["chunked"], Ok(End::OfLastChunk));
        check(rule, &[], &["gzip, chunked"], Ok(End::OfLastChunk));
        check(rule, &[], &["gzip", "chunked"], Ok(End::OfLastChunk));
        let rule =
            "RFC 9112 §6.3: a request whose last coding is not chunked has no end: refuse it";
        check(rule, &[], &["chunked, gzip"], Err(Refused));
        check(rule, &[], &["chunked", "gzip"], Err(Refused));
        check(rule, &[], &["gzip"], Err(Refused));
        check(rule, &[], &["xchunked"], Err(Refused));
        check(rule, &[], &["\u{b}chunked"], Err(Refused));
    }

    #[test]
    fn codings_have_no_case() {
        let rule = "RFC 9112 §7: the names of codings have no case";
        check(rule, &[], &["Chunked"], Ok(End::OfLastChunk));
        check(rule, &[], &["GZIP ,\tCHUNKED"], Ok(End::OfLastChunk));
    }

    #[test]
    fn a_length_beside_a_coding_is_refused() {
        let rule = "RFC 9112 §6.3: with both fields two readers could see two ends: refuse it";
        check(rule, &["5"], &["chunked"], Err(Refused));
        check(rule, &["0"], &["chunked"], Err(Refused));
        check(rule, &["5"], &["gzip"], Err(Refused));
    }
}
