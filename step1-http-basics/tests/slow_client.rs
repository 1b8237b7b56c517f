//! Whoever is too slow is not waited for: every wait has a deadline, and the
//! client is told. [RFC 9110 §15.5.9](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9)

mod support;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use http::StatusCode;
use step1_http_basics::connection::{Exchange, Service};
use step1_http_basics::handler::{Body, Request, Response};
use step1_http_basics::limits::{Limits, Pace};
use support::client::Client;
use support::server::{echo, ignore, serving, serving_with};

/// What the tests wait for: long enough to tell it from nothing, and short.
const SHORT: Duration = Duration::from_millis(200);

fn impatient() -> Limits {
    let pace = Pace { stall: SHORT, grace: 2 * SHORT, bytes_per_second: 1_000_000 };
    Limits { head_deadline: SHORT, keep_alive: SHORT, pace, ..Limits::default() }
}

/// Waits for a 408 and the end of the connection; how long that took.
#[track_caller]
fn time_to_408(mut client: Client) -> Duration {
    let began = Instant::now();
    let answer = client.answer();
    let took = began.elapsed();
    assert_eq!(answer.status, 408);
    assert!(answer.closes());
    client.expect_close();
    took
}

#[test]
fn a_head_that_stops_coming_is_answered_408() {
    serving(&echo, impatient(), |address| {
        for part in ["G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r"] {
            let mut client = Client::connect(address);
            client.send(part);
            let took = time_to_408(client);
            assert!(took >= SHORT / 2, "{part:?}: refused after {took:?}");
        }
    });
}

/// The deadline is for the head as a whole: a byte now and then does not help.
/// [Slowloris](https://en.wikipedia.org/wiki/Slowloris_(cyber_attack))
#[test]
fn a_head_that_drips_is_answered_408() {
    serving(&echo, impatient(), |address| {
        let mut client = Client::connect(address);
        let began = Instant::now();
        for byte in b"GET / HTTP/1.1\r\nHost: a\r\nX: ".iter().chain([b'x'; 1_000].iter()) {
            client.send([*byte]);
            if client.hears_within(SHORT / 10) {
                break;
            }
        }
        assert_eq!(client.answer().status, 408);
        assert!(began.elapsed() < 50 * SHORT, "{:?}", began.elapsed());
    });
}

/// Empty lines are passed over, but not for ever.
#[test]
fn empty_lines_without_a_request_are_not_waited_out() {
    serving(&echo, impatient(), |address| {
        let mut client = Client::connect(address);
        let began = Instant::now();
        while !client.hears_within(SHORT / 10) {
            client.try_send(b"\r\n");
            assert!(began.elapsed() < 50 * SHORT, "still waited for");
        }
        client.expect_end();
    });
}

#[test]
fn content_that_stops_coming_is_answered_408() {
    serving(&echo, impatient(), |address| {
        for head in
            ["Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\na\r\nhello"]
        {
            let mut client = Client::connect(address);
            client.send(format!("POST / HTTP/1.1\r\nHost: a\r\n{head}"));
            time_to_408(client);
        }
    });
}

#[test]
fn content_that_drips_is_answered_408() {
    serving(&echo, impatient(), |address| {
        let mut client = Client::connect(address);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
        for _ in 0..1_000 {
            client.try_send(b"x");
            if client.hears_within(SHORT / 10) {
                break;
            }
        }
        assert_eq!(client.answer().status, 408);
    });
}

/// Content that nobody reads is waited for no longer than content that somebody
/// reads.
#[test]
fn unread_content_that_stops_coming_does_not_hold_the_connection() {
    serving(&ignore, impatient(), |address| {
        let mut client = Client::connect(address);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
        let began = Instant::now();
        assert!(client.answer().closes());
        client.expect_close();
        assert!(began.elapsed() < 50 * SHORT, "{:?}", began.elapsed());
    });
}

/// A client that asked to be told to go on, was told, and does not.
#[test]
fn content_that_never_comes_after_100_is_answered_408() {
    serving(&echo, impatient(), |address| {
        let mut client = Client::connect(address);
        client
            .send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        assert_eq!(client.next_of_any_kind("PUT").map(|answer| answer.status), Some(100));
        time_to_408(client);
    });
}

/// A client that does not read holds the server no longer than the pace allows;
/// step 1 serves one connection at a time, so the next one shows it.
#[test]
fn a_client_that_does_not_read_is_given_up() {
    let endless = |request: &mut Request<'_>| match request.head.target.path() {
        "/endless" => {
            let body = Body::Stream(Box::new(std::io::repeat(b'x')));
            Response { body, ..Response::new(StatusCode::OK) }
        }
        _ => Response::text(StatusCode::OK, "next\n"),
    };
    let errors = Mutex::new(Vec::new());
    let observer = |exchange: &Exchange<'_>| {
        errors.lock().unwrap().push(exchange.error.is_some());
    };
    let service = Service { observer: Some(&observer), ..Service::new(&endless, impatient()) };
    serving_with(&service, |address| {
        let mut silent = Client::connect(address);
        silent.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(silent.hears_within(Duration::from_secs(10)), "the answer begins");
        let mut next = Client::connect(address);
        next.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(next.answer().text(), "next\n");
    });
    let mut errors = errors.into_inner().unwrap();
    errors.sort_unstable();
    assert_eq!(errors, [false, true]);
}

/// Slow is not too slow: a client within the pace is served to the end, however
/// long it takes.
#[test]
fn a_client_within_the_pace_is_served() {
    let pace = Pace { stall: 5 * SHORT, grace: SHORT, bytes_per_second: 20 };
    serving(&echo, Limits { pace, ..impatient() }, |address| {
        let mut client = Client::connect(address);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n");
        for _ in 0..6 {
            client.send([b'x'; 10]);
            client.hears_within(SHORT / 2);
        }
        assert_eq!(client.answer().text(), format!("POST / {}", "x".repeat(60)));
    });
}
