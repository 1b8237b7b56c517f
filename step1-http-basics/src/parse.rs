//! From bytes to the head of a message: start line and fields.
//!
//! Chapter 2 · RFC 9112 §2–5
//!
//! *Strategy*: the bytes that have come so far are a head, or not yet a head,
//! or can never become one; so each function answers `Ok(Some(…))`, `Ok(None)`
//! or `Err(…)`, and keeps nothing between two calls. `httparse` finds the parts
//! of the lines. What it is lenient about, line ends above all, is looked at
//! besides, and what it finds is checked against the rest of the standard. A
//! request that is whole and right takes the short way; all others are read
//! line by line, to say what is wrong with them or that they are not whole.
//!
//! ```
//! use step1_http_basics::{limits::Limits, parse};
//!
//! let limits = Limits::default();
//! assert_eq!(parse::request_head(b"GET / HT", &limits), Ok(None)); // not yet
//!
//! let bytes = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nthe rest";
//! let (head, length) = parse::request_head(bytes, &limits).unwrap().unwrap();
//! assert_eq!(head.target.path(), "/");
//! assert_eq!(&bytes[length..], b"the rest");
//! ```

mod response;

use std::mem::MaybeUninit;

use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version};
use httparse::Status;

pub use self::response::{ResponseHead, response_head};
pub use crate::head_error::HeadError;
use crate::limits::{Limits, MAX_FIELDS};
use crate::target::{self, RequestTarget};

// ANCHOR: head
/// The head of a request: everything before its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHead {
    /// `GET`, `POST`, …; any token is one.
    pub method: Method,
    /// What is asked for.
    pub target: RequestTarget,
    /// HTTP/1.0 or HTTP/1.1; a later HTTP/1 is read as 1.1.
    pub version: Version,
    /// The field lines; names without regard to case.
    pub fields: HeaderMap,
}
// ANCHOR_END: head

// ANCHOR: request_head
/// Reads the head of a request from the front of `input`; with it comes how
/// many bytes it took. `Ok(None)`: more bytes are needed.
/// [RFC 9112 §3](https://www.rfc-editor.org/rfc/rfc9112#section-3)
///
/// # Errors
/// When no bytes that may still come could make this a request to be answered.
/// The same error is found however the bytes are cut into pieces.
pub fn request_head(
    input: &[u8],
    limits: &Limits,
) -> Result<Option<(RequestHead, usize)>, HeadError> {
    let start = leading_empty_lines(input);
    let mut slots = [const { MaybeUninit::uninit() }; MAX_FIELDS];
    let mut request = httparse::Request::new(&mut []);
    let whole = request.parse_with_uninit_headers(&input[start..], &mut slots);
    if let Ok(Status::Complete(length)) = whole
        && lines_are_right(&input[start..start + length], limits)
    {
        return Ok(Some((checked(&request, limits)?, start + length)));
    }
    request_head_in_doubt(input, start, limits)
}

/// What is not a whole head with right line ends: not yet, or never.
fn request_head_in_doubt(
    input: &[u8],
    start: usize,
    limits: &Limits,
) -> Result<Option<(RequestHead, usize)>, HeadError> {
    let (visible, beyond) = lines_to_trust(&input[start..], Some(request_line_limit), limits);
    let mut slots = [const { MaybeUninit::uninit() }; MAX_FIELDS];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(visible, &mut slots) {
        Ok(Status::Complete(length)) => Ok(Some((checked(&request, limits)?, start + length))),
        Ok(Status::Partial) => beyond.map_or(Ok(None), Err),
        // The version is judged when its line is complete: "HTTP/2" may still
        // become a version that exists, and then the answer is another.
        Err(httparse::Error::Version) if !visible.contains(&b'\n') => beyond.map_or(Ok(None), Err),
        Err(error) => {
            let line = visible.split(|&byte| byte == b'\r').next().unwrap_or_default();
            match as_http_11(input, start + line.len()) {
                Some(read_as) => request_head(&read_as, limits),
                None => Err(HeadError::explain(error, visible)),
            }
        }
    }
}
// ANCHOR_END: request_head

/// Reads field lines alone, up to the empty line that ends them: the trailer
/// section of chunked content, or the head that a CGI program prints.
///
/// # Errors
/// When a line is no field line.
pub fn field_section(
    input: &[u8],
    limits: &Limits,
) -> Result<Option<(HeaderMap, usize)>, HeadError> {
    let (visible, beyond) = lines_to_trust(input, None, limits);
    let mut slots = [httparse::EMPTY_HEADER; MAX_FIELDS];
    match httparse::parse_headers(visible, &mut slots) {
        Ok(Status::Complete((length, fields))) => Ok(Some((collect(fields)?, length))),
        Ok(Status::Partial) => beyond.map_or(Ok(None), Err),
        Err(error) => Err(HeadError::explain_fields(error, visible)),
    }
}

/// Empty lines before a request are passed over, for clients that end content
/// with a line end too many.
/// [RFC 9112 §2.2](https://www.rfc-editor.org/rfc/rfc9112#section-2.2)
#[must_use]
pub fn leading_empty_lines(input: &[u8]) -> usize {
    input.chunks_exact(2).take_while(|pair| pair == b"\r\n").count() * 2
}

/// After so many bytes a head is looked at again even if no line has ended: one
/// that is too long must be found before the buffer for it is full.
const LOOK_AGAIN: usize = 1024;

/// Whether to look for a head in `input`, of which the first `looked_at` bytes
/// were none. It can only become one, or wrong, with a byte that has not been
/// looked at; most of all with the end of a line.
#[must_use]
pub fn is_worth_a_look(input: &[u8], looked_at: usize) -> bool {
    let new = input.get(looked_at..).unwrap_or_default();
    !new.is_empty() && (looked_at == 0 || new.len() >= LOOK_AGAIN || new.contains(&b'\n'))
}

/// Whether all lines of a head that `httparse` has taken end with CR LF, and its
/// fields are within their limit. It takes a bare LF, but no CR without an LF
/// behind it; so all is right if there is a CR for each LF. Nearly every head is
/// right, and this is all that is asked of most. What is wrong, and where, is
/// found out by [`lines_to_trust`].
fn lines_are_right(head: &[u8], limits: &Limits) -> bool {
    // The request line has limits of its own, so this is never too lenient.
    head.len() <= limits.fields && count(head, b'\r') == count(head, b'\n')
}

/// How often a byte is there. Of 255 at a time the sum fits into a byte: so the
/// compiler counts 16 of them at once.
fn count(bytes: &[u8], wanted: u8) -> usize {
    let in_piece = |piece: &[u8]| piece.iter().map(|&byte| u8::from(byte == wanted)).sum::<u8>();
    bytes.chunks(255).map(|piece| usize::from(in_piece(piece))).sum()
}

/// How long a start line may be, and what one says that is longer.
type StartLineLimit = fn(&[u8], &Limits) -> (usize, HeadError);

fn request_line_limit(line: &[u8], limits: &Limits) -> (usize, HeadError) {
    match line.get(..=limits.method) {
        Some(begin) if !begin.contains(&b' ') => (limits.method, HeadError::MethodTooLong),
        _ => (limits.method + limits.target + 16, HeadError::TargetTooLong),
    }
}

/// The part of `input` before the first line end that is not CR LF, or the first
/// byte over a limit; and what is wrong there. Nothing is said of what follows
/// the head.
///
/// `httparse` takes a bare LF for a line end, as [RFC 9112
/// §2.2](https://www.rfc-editor.org/rfc/rfc9112#section-2.2) allows. Where one
/// recipient does and the next does not, requests are smuggled: we do not.
fn lines_to_trust<'i>(
    input: &'i [u8],
    start_line_limit: Option<StartLineLimit>,
    limits: &Limits,
) -> (&'i [u8], Option<HeadError>) {
    let mut lines = input.split_inclusive(|&byte| byte == b'\n');
    let start_line = start_line_limit.and_then(|_| lines.next()).unwrap_or_default();
    let (mut end, mut is_whole) = (start_line.len(), false);
    for line in lines {
        end += line.len();
        is_whole = line == b"\r\n";
        if is_whole {
            break;
        }
    }
    // Neither the line feed after the start line counts nor the last one.
    let too_long = start_line_limit.and_then(|limit| {
        let (most, error) = limit(start_line, limits);
        let length = start_line.strip_suffix(b"\n").unwrap_or(start_line).len();
        (length > most).then_some((most, error))
    });
    let most = start_line.len() + limits.fields + b"\r".len();
    let too_large = end - usize::from(is_whole) > most;
    let too_large = too_large.then_some((most, HeadError::FieldsTooLarge));
    let wrong = [too_long, too_large, bare_line_end(&input[..end])];
    match wrong.into_iter().flatten().min_by_key(|&(at, _)| at) {
        Some((at, error)) => (&input[..at], Some(error)),
        // A CR at the end may turn out to be half a line end, or to be bare.
        None => (input[..end].strip_suffix(b"\r").unwrap_or(&input[..end]), None),
    }
}

/// The first CR or LF that is not part of a CR LF.
fn bare_line_end(lines: &[u8]) -> Option<(usize, HeadError)> {
    let mut before = 0;
    for (at, &byte) in lines.iter().enumerate() {
        match (before, byte) {
            (b'\r', b'\n') => {}
            (b'\r', _) => return Some((at - 1, HeadError::BareCarriageReturn)),
            (_, b'\n') => return Some((at, HeadError::BareLineFeed)),
            _ => {}
        }
        before = byte;
    }
    None
}

/// The same message in HTTP/1.1, if the version that ends here is one that may
/// come after it. Nobody has made an HTTP/1.2; but a message of one would be
/// understood by whoever understands 1.1, and is read so.
/// [RFC 9110 §2.5](https://www.rfc-editor.org/rfc/rfc9110#section-2.5)
fn as_http_11(input: &[u8], version_end: usize) -> Option<Vec<u8>> {
    let minor = version_end.checked_sub(1)?;
    let is_later = matches!(input.get(minor)?, b'2'..=b'9') && input[..minor].ends_with(b"HTTP/1.");
    is_later.then(|| {
        let mut read_as = input.to_vec();
        read_as[minor] = b'1';
        read_as
    })
}

/// What the grammar of the lines does not say.
fn checked(request: &httparse::Request<'_, '_>, limits: &Limits) -> Result<RequestHead, HeadError> {
    let (raw_method, raw_target) =
        (request.method.unwrap_or_default(), request.path.unwrap_or_default());
    if raw_method.len() > limits.method {
        return Err(HeadError::MethodTooLong);
    }
    if raw_target.len() > limits.target {
        return Err(HeadError::TargetTooLong);
    }
    let method = Method::from_bytes(raw_method.as_bytes()).map_err(|_| HeadError::Method)?;
    let target = RequestTarget::parse(&method, raw_target).map_err(HeadError::Target)?;
    let version = version(request.version);
    let fields = collect(request.headers)?;
    check_host(version, &fields)?;
    Ok(RequestHead { method, target, version, fields })
}

// ANCHOR: check_host
/// [RFC 9112 §3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2): one
/// valid `Host` in HTTP/1.1; none is needed in HTTP/1.0, two are wrong in both.
fn check_host(version: Version, fields: &HeaderMap) -> Result<(), HeadError> {
    let mut hosts = fields.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if version == Version::HTTP_10 => Ok(()),
        (None, _) => Err(HeadError::MissingHost),
        (Some(_), Some(_)) => Err(HeadError::SeveralHosts),
        (Some(host), None) if host.to_str().is_ok_and(target::is_authority) => Ok(()),
        (Some(_), None) => Err(HeadError::InvalidHost),
    }
}
// ANCHOR_END: check_host

fn version(minor: Option<u8>) -> Version {
    if minor == Some(0) { Version::HTTP_10 } else { Version::HTTP_11 }
}

fn collect(parsed: &[httparse::Header<'_>]) -> Result<HeaderMap, HeadError> {
    let mut fields = HeaderMap::with_capacity(parsed.len());
    for field in parsed {
        append(&mut fields, field.name, field.value)?;
    }
    Ok(fields)
}

fn append(fields: &mut HeaderMap, name: &str, value: &[u8]) -> Result<(), HeadError> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeadError::FieldName)?;
    let value = HeaderValue::from_bytes(value).map_err(|_| HeadError::FieldValue)?;
    fields.append(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &[u8], expected: Result<Option<(&str, usize)>, HeadError>) {
        let limits = Limits { target: 60, fields: 200, ..Limits::default() };
        let whole = request_head(input, &limits);
        let seen = whole
            .as_ref()
            .map(|found| found.as_ref().map(|(head, length)| (head.target.path(), *length)));
        assert_eq!(seen.map_err(|error| *error), expected);
        // The short way is only shorter.
        let start = leading_empty_lines(input);
        assert_eq!(request_head_in_doubt(input, start, &limits), whole);
        // However little has come, the answer is "not yet" or the same one.
        for end in 0..input.len() {
            let part = request_head(&input[..end], &limits);
            assert!(part == Ok(None) || part == whole, "{end} bytes: {part:?}, whole: {whole:?}");
        }
    }

    #[test]
    fn a_head_ends_with_an_empty_line() {
        check(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nnext", Ok(Some(("/", 27))));
        check(b"\r\n\r\nGET /x HTTP/1.0\r\n\r\n", Ok(Some(("/x", 23))));
        check(b"GET / HTTP/1.1\r\nHost: a\r\n", Ok(None));
        check(b"", Ok(None));
    }

    #[test]
    fn lines_end_with_carriage_return_and_line_feed() {
        check(b"GET / HTTP/1.1\nHost: a\n\n", Err(HeadError::BareLineFeed));
        check(b"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Err(HeadError::BareLineFeed));
        check(b"GET / HTTP/1.1\r\nHost: a\r\n\n", Err(HeadError::BareLineFeed));
        check(b"GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", Err(HeadError::BareCarriageReturn));
        check(b"\r GET / HTTP/1.1\r\n\r\n", Err(HeadError::BareCarriageReturn));
        let right = b"GET /?q HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n";
        for at in 0..right.len() {
            let wrong = [&right[..at], b"\r", &right[at..]].concat();
            check(&wrong, Err(HeadError::BareCarriageReturn));
        }
    }

    #[test]
    fn bytes_are_counted_also_beyond_what_a_byte_can_count() {
        assert_eq!(
            (count(b"a\r\nb\r", b'\r'), count(b"a\r\nb\r", b'\n'), count(b"", 0)),
            (2, 1, 0)
        );
        assert_eq!(count(&[b'\n'; 600], b'\n'), 600);
    }

    #[test]
    fn a_field_line_is_a_name_a_colon_and_a_value() {
        let line = |line: &str| format!("GET / HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n");
        check(line("A: 1\r\n b").as_bytes(), Err(HeadError::LineFolding));
        check(line("A : 1").as_bytes(), Err(HeadError::WhitespaceBeforeColon));
        check(line("A").as_bytes(), Err(HeadError::NoColon));
        check(line(": 1").as_bytes(), Err(HeadError::EmptyFieldName));
        check(line("A(: 1").as_bytes(), Err(HeadError::FieldName));
        check(line("A: \0").as_bytes(), Err(HeadError::FieldValue));
        check(line("A:\t\u{e9} b\t").as_bytes(), Ok(Some(("/", line("A:\t\u{e9} b\t").len()))));
    }

    #[test]
    fn a_request_line_has_three_parts() {
        check(b"GET /\r\n\r\n", Err(HeadError::RequestLine));
        check(b"GET  / HTTP/1.1\r\n\r\n", Err(HeadError::RequestLine));
        check(b"GET / HTTP/2.0\r\n\r\n", Err(HeadError::UnsupportedVersion));
        check(b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", Ok(Some(("/", 27))));
        check(b"\r\nGET / HTTP/1.9\r\n\r\n", Err(HeadError::MissingHost));
        check(b"GET / HTTP/1.2 \r\nHost: a\r\n\r\n", Err(HeadError::RequestLine));
        check(b"GET / http/1.1\r\n\r\n", Err(HeadError::RequestLine));
        check(b"GET /a b HTTP/1.1\r\n\r\n", Err(HeadError::RequestLine));
        check(b"G(T / HTTP/1.1\r\n\r\n", Err(HeadError::Method));
        check(b"\x16\x03\x01\x02\x00", Err(HeadError::LooksLikeTls));
        check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Err(HeadError::UnsupportedVersion));
    }

    #[test]
    fn the_host_is_named_once() {
        check(b"GET / HTTP/1.1\r\n\r\n", Err(HeadError::MissingHost));
        check(b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", Err(HeadError::SeveralHosts));
        check(b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", Err(HeadError::InvalidHost));
        check(b"GET / HTTP/1.1\r\nHost:\r\n\r\n", Ok(Some(("/", 25))));
    }

    #[test]
    fn sizes_are_limited() {
        let long = |target: usize, fields: usize| {
            format!(
                "GET /{} HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
                "a".repeat(target),
                "b".repeat(fields)
            )
        };
        check(long(60, 0).as_bytes(), Err(HeadError::TargetTooLong));
        check(long(900, 0).as_bytes(), Err(HeadError::TargetTooLong));
        check(long(3, 200).as_bytes(), Err(HeadError::FieldsTooLarge));
        check(&[b'M'; 900], Err(HeadError::MethodTooLong));
        check("M".repeat(33).as_bytes(), Err(HeadError::MethodTooLong));
        let longest = format!("{} / HTTP/1.0\r\n\r\n", "M".repeat(32));
        check(longest.as_bytes(), Ok(Some(("/", longest.len()))));
        check(
            format!("{} / HTTP/1.0\r\n\r\n", "M".repeat(33)).as_bytes(),
            Err(HeadError::MethodTooLong),
        );
        // Limits count to the byte, before a line is whole, and before what is wrong behind them.
        let begun = |length: usize| format!("GET /{}", "a".repeat(length - 5));
        check(begun(32 + 60 + 16).as_bytes(), Ok(None));
        check(begun(32 + 60 + 17).as_bytes(), Err(HeadError::TargetTooLong));
        let begun_with = |end: &str| begun(32 + 60 + 16) + end;
        check(begun_with("\n").as_bytes(), Err(HeadError::BareLineFeed));
        check(begun_with("\rb").as_bytes(), Err(HeadError::TargetTooLong));
        let bare = format!("GET / HTTP/1.0\r\nA: {}\n", "b".repeat(300));
        check(bare.as_bytes(), Err(HeadError::FieldsTooLarge));
        let fields = |length: usize, end: &str| {
            format!("GET / HTTP/1.0\r\nA:{}\r\n{end}", "b".repeat(length - 4))
        };
        check(fields(200, "\r\n").as_bytes(), Ok(Some(("/", 16 + 200 + 2))));
        check(fields(200, "\rb").as_bytes(), Err(HeadError::BareCarriageReturn));
        check(fields(201, "").as_bytes(), Ok(None));
        check(fields(201, "\r\n").as_bytes(), Err(HeadError::FieldsTooLarge));
        check(fields(201, "\rb").as_bytes(), Err(HeadError::FieldsTooLarge));
        check(fields(202, "").as_bytes(), Err(HeadError::FieldsTooLarge));
        let many = format!("GET / HTTP/1.0\r\n{}\r\n", "a:\r\n".repeat(101));
        assert_eq!(
            request_head(many.as_bytes(), &Limits::default()),
            Err(HeadError::TooManyFields)
        );
    }

    #[test]
    fn a_head_is_looked_for_where_it_may_have_become_one() {
        assert!(!is_worth_a_look(b"", 0));
        assert!(is_worth_a_look(b"G", 0), "the first byte may be wrong already");
        assert!(!is_worth_a_look(b"GET", 3), "nothing is new");
        assert!(!is_worth_a_look(b"GET /", 3), "no line has ended");
        assert!(is_worth_a_look(b"GET /\n", 3));
        assert!(!is_worth_a_look(b"GET\n/", 4), "it was looked at");
        assert!(!is_worth_a_look(&[b'a'; LOOK_AGAIN], 1));
        assert!(is_worth_a_look(&[b'a'; LOOK_AGAIN + 1], 1), "it may be too long");
    }
}
