//! Requests may be sent before the answers to earlier ones have come; each is
//! answered, in order. [RFC 9112 §9.3.2](https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2)

mod support;

use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use http::StatusCode;
use step1_http_basics::handler::{Request, Response};
use step1_http_basics::limits::Limits;
use support::client::Client;
use support::server::{echo, serving};

#[test]
fn requests_in_one_packet_are_answered_in_order() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\
             POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
             POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n\
             DELETE /4 HTTP/1.1\r\nHost: a\r\n\r\n",
        );
        let answers = [(); 4].map(|()| client.answer().text());
        assert_eq!(answers, ["GET /1 ", "POST /2 hello", "POST /3 world", "DELETE /4 "]);
    });
}

#[test]
fn a_thousand_requests_in_one_burst_are_answered_in_order() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        let burst: String =
            (0..1000).map(|n| format!("GET /{n} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
        client.send(burst);
        for n in 0..1000 {
            assert_eq!(client.answer().text(), format!("GET /{n} "));
        }
    });
}

#[test]
fn two_requests_may_be_cut_into_packets_anywhere() {
    let two = b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\
                POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n";
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for at in 1..two.len() {
            client.send(&two[..at]);
            client.send(&two[at..]);
            let answers = [client.answer().text(), client.answer().text()];
            assert_eq!(answers, ["POST /1 ab", "POST /2 c"], "cut after {at} bytes");
        }
    });
}

#[test]
fn content_that_looks_like_a_request_is_not_one() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        let inner = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
        client.send(format!(
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{inner}\
             GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            inner.len()
        ));
        assert_eq!(client.answer().text(), format!("POST /1 {inner}"));
        assert_eq!(client.answer().text(), "GET /2 ");
        client.expect_close();
    });
}

#[test]
fn nothing_behind_a_close_is_answered() {
    let paths = Mutex::new(Vec::new());
    let handler = |request: &mut Request<'_>| {
        paths.lock().unwrap().push(request.head.target.path().to_owned());
        echo(request)
    };
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(
            "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n\
             GET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
        );
        assert!(client.answer().closes());
        client.expect_close();
    });
    assert_eq!(*paths.lock().unwrap(), ["/1"]);
}

#[test]
fn nothing_behind_a_bad_request_is_answered() {
    let paths = Mutex::new(Vec::new());
    let handler = |request: &mut Request<'_>| {
        paths.lock().unwrap().push(request.head.target.path().to_owned());
        echo(request)
    };
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\
             GET /2 HTTP/1.1\r\nHost : a\r\n\r\n\
             GET /3 HTTP/1.1\r\nHost: a\r\n\r\n",
        );
        assert_eq!(client.answer().status, 200);
        assert_eq!(client.answer().status, 400);
        client.expect_close();
    });
    assert_eq!(*paths.lock().unwrap(), ["/1"]);
}

/// The time for a head begins with that head, not with the request before it,
/// whose handler may have been slow.
#[test]
fn a_slow_answer_does_not_cost_the_next_request_its_time() {
    let limits = Limits { head_deadline: Duration::from_millis(300), ..Limits::default() };
    let (_kept, never) = mpsc::channel::<()>();
    let never = Mutex::new(never);
    let handler = |request: &mut Request<'_>| {
        if request.head.target.path() == "/slow" {
            let _ = never.lock().unwrap().recv_timeout(Duration::from_millis(600));
        }
        Response::new(StatusCode::NO_CONTENT)
    };
    serving(&handler, limits, |address| {
        let mut client = Client::connect(address);
        client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\n");
        assert_eq!(client.answer().status, 204);
        let heard = client.hears_within(Duration::from_millis(100));
        assert!(!heard, "an answer to half a request: {:?}", client.answer());
        client.send("Host: a\r\n\r\n");
        assert_eq!(client.answer().status, 204);
    });
}
