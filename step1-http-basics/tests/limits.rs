//! Every size has a limit, every limit has its own answer, and what lies just
//! within it is served. [RFC 9110 §15.5](https://www.rfc-editor.org/rfc/rfc9110#section-15.5)

mod support;

use step1_http_basics::limits::{Limits, MAX_FIELDS};
use support::client::Client;
use support::server::{echo, ignore, serving};

/// The status codes that answer these requests, each on its own connection.
#[track_caller]
fn check(limits: &Limits, requests: &[(String, u16)]) {
    serving(&echo, limits.clone(), |address| {
        for (request, expected) in requests {
            let mut client = Client::connect(address);
            client.try_send(request.as_bytes());
            let answer = client.answer_to("GET");
            let start: String = request.chars().take(60).collect();
            assert_eq!(answer.status, *expected, "{start:?}, {} bytes", request.len());
            assert_eq!(answer.closes(), *expected != 200, "{start:?}");
        }
    });
}

fn get(target: &str, fields: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
}

#[test]
fn a_method_longer_than_any_that_is_known_is_not_implemented() {
    let limits = Limits { method: 10, ..Limits::default() };
    let request = |length| format!("{} / HTTP/1.1\r\nHost: a\r\n\r\n", "M".repeat(length));
    check(&limits, &[(request(10), 200), (request(11), 501), (request(100_000), 501)]);
}

#[test]
fn a_target_over_the_limit_is_too_long() {
    let limits = Limits { target: 20, ..Limits::default() };
    let request = |length: usize| get(&format!("/{}", "a".repeat(length - 1)), "");
    check(&limits, &[(request(20), 200), (request(21), 414), (request(100_000), 414)]);
}

#[test]
fn eight_thousand_bytes_of_target_are_supported() {
    let request = |length: usize| get(&format!("/{}", "a".repeat(length - 1)), "");
    check(&Limits::default(), &[(request(8_000), 200), (request(8_001), 414)]);
}

#[test]
fn fields_over_the_limit_are_too_large() {
    let limits = Limits { fields: 100, ..Limits::default() };
    // `Host: a` and its line end are nine bytes, `X: ` and its line end five.
    let one = |length: usize| get("/", &format!("X: {}\r\n", "x".repeat(length - 14)));
    check(&limits, &[(one(99), 200), (one(100), 200), (one(101), 431), (one(100_000), 431)]);
    let many = |count| get("/", &"X: 4567\r\n".repeat(count));
    check(&limits, &[(many(10), 200), (many(11), 431), (many(90), 431)]);
}

#[test]
fn more_field_lines_than_the_limit_are_too_many() {
    let request = |count| get("/", &"X: y\r\n".repeat(count - 1));
    check(&Limits::default(), &[(request(MAX_FIELDS), 200), (request(MAX_FIELDS + 1), 431)]);
}

#[test]
fn content_over_the_limit_is_too_large() {
    let limits = Limits { content: 10, ..Limits::default() };
    let counted =
        |length: usize| get("/", &format!("Content-Length: {length}\r\n")) + &"x".repeat(length);
    let chunked = |sizes: &[usize]| {
        let chunks = sizes.iter().map(|&size| format!("{size:x}\r\n{}\r\n", "x".repeat(size)));
        get("/", "Transfer-Encoding: chunked\r\n") + &chunks.collect::<String>() + "0\r\n\r\n"
    };
    check(&limits, &[(counted(10), 200), (counted(11), 413), (counted(100_000), 413)]);
    check(&limits, &[(chunked(&[10]), 200), (chunked(&[11]), 413), (chunked(&[100_000]), 413)]);
    check(
        &limits,
        &[(chunked(&[5, 5]), 200), (chunked(&[5, 5, 1]), 413), (chunked(&[1; 11]), 413)],
    );
}

/// The limit holds also for content that the handler does not ask for.
#[test]
fn unread_content_over_the_limit_is_too_large() {
    let limits = Limits { content: 10, ..Limits::default() };
    serving(&ignore, limits, |address| {
        for content in ["Content-Length: 11\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nb\r\n"] {
            let mut client = Client::connect(address);
            client.send(format!("POST / HTTP/1.1\r\nHost: a\r\n{content}01234567890\r\n0\r\n\r\n"));
            assert_eq!(client.answer().status, 413, "{content:?}");
        }
    });
}

/// Whatever never ends is refused once it is over a limit, and the client that
/// still sends gets the answer.
#[test]
fn what_never_ends_is_refused() {
    serving(&echo, Limits::default(), |address| {
        let endless = [
            ("", "M", 501),
            ("GET /", "a", 414),
            ("GET / HTTP/1.1\r\n", "n", 431),
            ("GET / HTTP/1.1\r\nX: ", "v", 431),
            ("GET / HTTP/1.1\r\n", "X: y\r\n", 431),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "0", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;", "e", 400),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                "X: y\r\n",
                400,
            ),
        ];
        for (start, unit, status) in endless {
            let mut client = Client::connect(address);
            client.send(start);
            let piece = unit.repeat(1_000);
            let mut pieces = 0;
            while pieces < 10_000 && client.try_send(piece.as_bytes()) {
                pieces += 1;
            }
            assert_eq!(client.answer().status, status, "{start:?} {unit:?}");
            assert!(pieces < 10_000, "{start:?} {unit:?}: all of it was taken");
        }
    });
}
