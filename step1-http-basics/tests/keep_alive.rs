//! A connection serves one request after the other until one side says
//! otherwise. [RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3)

mod support;

use std::thread;
use std::time::{Duration, Instant};

use http::header::CONNECTION;
use http::{HeaderValue, StatusCode};
use step1_http_basics::connection::Service;
use step1_http_basics::handler::{Body, Request, Response};
use step1_http_basics::limits::Limits;
use step1_http_basics::serve::Server;
use support::client::Client;
use support::server::{echo, serving};

#[test]
fn http_1_1_keeps_the_connection_without_being_asked() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for n in 0..3 {
            client.send(format!("GET /{n} HTTP/1.1\r\nHost: a\r\n\r\n"));
            let answer = client.answer();
            assert_eq!(answer.text(), format!("GET /{n} "));
            assert_eq!(answer.field("connection"), None);
        }
    });
}

#[test]
fn http_1_1_closes_when_asked() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n");
        assert!(client.answer().closes());
        client.expect_close();
    });
}

#[test]
fn http_1_0_closes_without_being_asked() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.0\r\n\r\n");
        assert!(client.answer().closes());
        client.expect_close();
    });
}

#[test]
fn http_1_0_keeps_the_connection_when_asked_and_is_told_so() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for _ in 0..3 {
            client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            assert_eq!(client.answer().field("connection"), Some("keep-alive"));
        }
        client.send("GET / HTTP/1.0\r\n\r\n");
        assert!(client.answer().closes());
        client.expect_close();
    });
}

/// HTTP/1.0 knows no chunks: content of unknown length ends with the connection,
/// whatever the client would like.
#[test]
fn http_1_0_gets_content_of_unknown_length_until_the_close() {
    let stream = |_: &mut Request<'_>| {
        let body = Body::Stream(Box::new(&b"some content"[..]));
        Response { body, ..Response::new(StatusCode::OK) }
    };
    serving(&stream, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        let answer = client.answer();
        assert_eq!(answer.text(), "some content");
        assert!(answer.closes());
        assert_eq!(answer.field("transfer-encoding"), None);
        client.expect_close();
    });
}

#[test]
fn a_handler_may_close() {
    let handler = |_: &mut Request<'_>| {
        Response::new(StatusCode::OK).field(CONNECTION, HeaderValue::from_static("close"))
    };
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(client.answer().closes());
        client.expect_close();
    });
}

#[test]
fn a_handler_that_panics_costs_its_own_connection_only() {
    let handler = |request: &mut Request<'_>| {
        assert_ne!(request.head.target.path(), "/panic", "this panic is part of the test");
        echo(request)
    };
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send("GET /panic HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = client.answer();
        assert_eq!(answer.status, 500);
        assert!(answer.closes());
        client.expect_close();
        let mut client = Client::connect(address);
        client.send("GET /fine HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.answer().status, 200);
    });
}

/// A 408 to a client that has asked for nothing would be taken for the answer
/// to its next request.
#[test]
fn a_silent_connection_is_closed_without_a_word() {
    let patience = Duration::from_millis(200);
    let limits = Limits { keep_alive: patience, ..Limits::default() };
    serving(&echo, limits, |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.answer();
        let began = Instant::now();
        client.expect_close();
        assert!(began.elapsed() >= patience / 2, "closed after {:?}", began.elapsed());
    });
}

#[test]
fn a_connection_without_a_request_is_closed_without_a_word() {
    let limits = Limits { keep_alive: Duration::from_millis(200), ..Limits::default() };
    serving(&echo, limits, |address| {
        Client::connect(address).expect_close();
        let mut client = Client::connect(address);
        client.finish();
        client.expect_close();
    });
}

/// Old clients end their content with a line end that they do not count.
/// [RFC 9112 §2.2](https://www.rfc-editor.org/rfc/rfc9112#section-2.2)
#[test]
fn a_line_end_behind_a_request_is_no_request() {
    let limits = Limits { keep_alive: Duration::from_millis(200), ..Limits::default() };
    serving(&echo, limits, |address| {
        let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\r\n";
        let mut client = Client::connect(address);
        client.send(post);
        client.send(post);
        assert_eq!([client.answer().text(), client.answer().text()], ["POST / ab"; 2]);
        // Neither the end of the client's side…
        client.finish();
        client.expect_close();
        // …nor silence makes the line end a request that was not finished.
        let mut client = Client::connect(address);
        client.send(post);
        assert_eq!(client.answer().text(), "POST / ab");
        client.expect_close();
    });
}

#[test]
fn a_stop_ends_connections_that_wait_and_is_done() {
    let handler = echo;
    let service = Service::new(&handler, Limits::default());
    let server = Server::bind("127.0.0.1:0", 8, Duration::from_secs(20)).expect("a free port");
    let client = thread::scope(|scope| {
        scope.spawn(|| server.serve(&service));
        let mut client = Client::connect(server.address());
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.answer().status, 200);
        server.stop();
        client
    });
    client.expect_close();
}
