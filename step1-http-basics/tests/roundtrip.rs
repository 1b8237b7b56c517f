//! What is written is read again, whatever it is and however it arrives; and
//! no bytes at all make a reader panic.
//!
//! Each property runs over values made from seeds (`support/random.rs`): the
//! same ones in every run, so that a test that passes here passes everywhere.

mod support;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use step1_http_basics::chunked::{Decoded, Decoder, LAST_CHUNK, encode_chunk};
use step1_http_basics::limits::Limits;
use step1_http_basics::target::{self, RequestTarget};
use step1_http_basics::{encode, framing, parse};
use support::corpus::{self, InvalidRequest, InvalidResponse, ValidRequest, ValidResponse};
use support::message::{Input, Outcome, read_request, read_response};
use support::random::{Random, for_seeds};

const TOKEN: &[u8] =
    b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const TARGET: &[u8] = b"abcxyzABC0189-._~!$&'()*+,;=:@/%|^{}[]\\`\"<>";

fn token(random: &mut Random) -> Vec<u8> {
    random.bytes_of(TOKEN, 1..=20)
}

/// Any bytes that may stand in a field value, without white space around them.
fn value(random: &mut Random) -> HeaderValue {
    let bytes: Vec<u8> = random
        .bytes(0..=30)
        .into_iter()
        .filter(|&byte| byte == b'\t' || !byte.is_ascii_control())
        .collect();
    HeaderValue::from_bytes(bytes.trim_ascii()).expect("no control byte but tabs")
}

fn fields(random: &mut Random) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for _ in 0..random.number(0..=12) {
        let name = HeaderName::from_bytes(&token(random)).expect("a token");
        for _ in 0..random.number(1..=3) {
            fields.append(&name, value(random));
        }
    }
    fields
}

fn path(random: &mut Random) -> String {
    let path = random.bytes_of(TARGET, 0..=40);
    let query = random.bytes_of(TARGET, 0..=20);
    let text = |bytes| String::from_utf8(bytes).expect("ASCII");
    match random.one_in(2) {
        true => format!("/{}?{}", text(path), text(query)),
        false => format!("/{}", text(path)),
    }
}

fn authority(random: &mut Random) -> String {
    let host = random.pick(&["example.com", "192.0.2.1", "[2001:db8::7]", "a_b", "x%41", "a!b"]);
    format!("{host}:{}", random.number(0..=65_535))
}

#[test]
fn a_request_head_that_is_written_is_read_again() {
    for_seeds(&[], 3_000, |random| {
        let (method, target) = match random.number(0..=5) {
            0 => (Method::CONNECT, authority(random)),
            1 => (Method::OPTIONS, "*".to_owned()),
            2 => (Method::GET, format!("http://{}{}", authority(random), path(random))),
            _ => (Method::from_bytes(&token(random)).expect("a token"), path(random)),
        };
        let mut sent = fields(random);
        sent.insert("host", HeaderValue::try_from(authority(random)).expect("ASCII"));
        let mut bytes = Vec::new();
        encode::request_head(&method, &target, &sent, &mut bytes);
        let length = bytes.len();
        bytes.extend(random.bytes(0..=20));

        let (head, used) =
            parse::request_head(&bytes, &Limits::default()).expect("a head").expect("a whole head");
        assert_eq!(used, length);
        assert_eq!((&head.method, &head.fields, head.version), (&method, &sent, Version::HTTP_11));
        assert_eq!(head.target, RequestTarget::parse(&method, &target).expect("a target"));
    });
}

#[test]
fn a_response_head_that_is_written_is_read_again() {
    for_seeds(&[], 3_000, |random| {
        let status = u16::try_from(random.number(100..=599)).expect("three digits");
        let status = StatusCode::from_u16(status).expect("a status code");
        let sent = fields(random);
        let mut bytes = Vec::new();
        encode::response_head(status, &sent, &mut bytes);
        let length = bytes.len();
        bytes.extend(random.bytes(0..=20));

        let (head, used) = parse::response_head(&bytes, &Limits::default())
            .expect("a head")
            .expect("a whole head");
        assert_eq!(used, length);
        assert_eq!((head.status, &head.fields), (status, &sent));
        assert_eq!(head.reason, encode::reason_phrase(status));
    });
}

#[test]
fn chunks_that_are_written_are_read_again_however_they_are_cut() {
    for_seeds(&[], 3_000, |random| {
        let content = random.bytes(0..=300);
        let mut wire = Vec::new();
        for piece in random.cut(&content) {
            encode_chunk(piece, &mut wire);
        }
        wire.extend_from_slice(LAST_CHUNK);
        let length = wire.len();
        wire.extend(random.bytes(0..=20));

        let (mut decoder, mut unread, mut read, mut used) =
            (Decoder::new(), Vec::new(), Vec::new(), 0);
        'pieces: for piece in random.cut(&wire) {
            unread.extend_from_slice(piece);
            loop {
                let most = random.number(1..=50);
                let (taken, decoded) = decoder.decode_at_most(&unread, most).expect("chunks");
                let (over, waits) = (decoded == Decoded::End, decoded == Decoded::Incomplete);
                if let Decoded::Data(data) = decoded {
                    assert!(!data.is_empty() && data.len() <= most);
                    read.extend_from_slice(data);
                }
                used += taken;
                unread.drain(..taken);
                if over {
                    break 'pieces;
                }
                if waits {
                    break;
                }
            }
        }
        assert_eq!((read, used), (content, length));
    });
}

/// Every message of the corpus, damaged in a few places: what it is now does
/// not depend on how much of it has come.
#[test]
fn a_damaged_message_is_read_the_same_way_however_it_is_cut() {
    let messages = messages();
    let limits = Limits::default();
    for_seeds(&[], 10_000, |random| {
        let message = &messages[random.number(0..=messages.len() - 1)];
        let whole = random.mutate(message);
        let cut = &whole[..random.number(0..=whole.len())];
        check_cut(&read_request(cut, &limits), &read_request(&whole, &limits));
        let method = random.pick(&[&Method::GET, &Method::HEAD, &Method::CONNECT]);
        let read = |bytes| read_response(bytes, method, Input::Open, &limits);
        check_cut(&read(cut), &read(&whole));
    });
}

/// "Not yet" may become anything; a message, or a refusal, stays what it is.
#[track_caller]
fn check_cut<M: PartialEq + std::fmt::Debug>(cut: &Outcome<M>, whole: &Outcome<M>) {
    assert!(*cut == Outcome::Incomplete || cut == whole, "first {cut:?}, then {whole:?}");
}

/// Nothing that comes from outside may end the program.
#[test]
fn no_bytes_make_a_reader_panic() {
    let messages = messages();
    for_seeds(&[], 10_000, |random| {
        let bytes = match random.one_in(4) {
            true => random.bytes(0..=200),
            false => {
                let message = &messages[random.number(0..=messages.len() - 1)];
                random.mutate(message)
            }
        };
        let small =
            || Limits { method: 8, target: 30, fields: 60, content: 100, ..Limits::default() };
        let limits = if random.one_in(2) { small() } else { Limits::default() };
        let within = |used: usize| assert!(used <= bytes.len(), "{used} of {} bytes", bytes.len());

        if let Ok(Some((head, used))) = parse::request_head(&bytes, &limits) {
            within(used);
            let _ = framing::of_request(head.version, &head.fields);
        }
        if let Ok(Some((head, used))) = parse::response_head(&bytes, &limits) {
            within(used);
            let _ = framing::of_response(&Method::GET, head.status, head.version, &head.fields);
            let _ = framing::is_persistent(head.version, &head.fields);
        }
        if let Ok(Some((_, used))) = parse::field_section(&bytes, &limits) {
            within(used);
        }
        let mut decoder = Decoder::new();
        let mut rest = &bytes[..];
        while let Ok((used, decoded)) = decoder.decode(rest) {
            rest = &rest[used..];
            if matches!(decoded, Decoded::Incomplete | Decoded::End) {
                break;
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let _ = target::is_authority(&text);
        for method in [Method::GET, Method::OPTIONS, Method::CONNECT] {
            let _ = RequestTarget::parse(&method, &text);
        }
    });
}

/// A target that was read means the same when it is put together again.
#[test]
fn the_parts_of_a_target_are_the_target() {
    for_seeds(&[], 3_000, |random| {
        let target = path(random);
        let parsed = RequestTarget::parse(&Method::GET, &target).expect("a path");
        let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
        assert_eq!(format!("{}{query}", parsed.path()), target);
        assert_eq!(parsed.authority(), None, "a path names no host: {target}");
    });
}

/// The messages of the corpus but the few that are long.
fn messages() -> Vec<Vec<u8>> {
    fn bytes<E: serde::de::DeserializeOwned>(folder: &str) -> Vec<Vec<u8>> {
        corpus::load::<E>(folder).into_iter().map(|message| message.bytes).collect()
    }
    let mut messages = bytes::<ValidRequest>("valid");
    messages.extend(bytes::<InvalidRequest>("invalid"));
    messages.extend(bytes::<ValidResponse>("responses/valid"));
    messages.extend(bytes::<InvalidResponse>("responses/invalid"));
    messages.retain(|message| message.len() <= 2_000);
    messages
}
