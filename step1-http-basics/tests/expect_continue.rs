//! A client may ask before it sends its content.
//! [RFC 9110 §10.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1)

mod support;

use http::StatusCode;
use step1_http_basics::handler::{Request, Response};
use step1_http_basics::limits::Limits;
use support::client::Client;
use support::server::{CONTENT_COMES_FIRST, echo, ignore, serving};

const ASKS: &str = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

#[test]
fn the_client_is_told_to_go_on_when_its_content_is_wanted() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for _ in 0..2 {
            client.send(ASKS);
            let interim = client.next_of_any_kind("PUT").expect("an interim response");
            assert_eq!(interim.head, "HTTP/1.1 100 Continue\r\n\r\n");
            client.send("hello");
            let last = client.next_of_any_kind("PUT").expect("a final response");
            assert_eq!((last.status, last.text().as_str()), (200, "PUT / hello"));
        }
    });
}

#[test]
fn the_client_is_told_once_however_slowly_its_content_comes() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASKS.replace("Content-Length: 5", "Transfer-Encoding: chunked"));
        assert_eq!(client.next_of_any_kind("PUT").map(|answer| answer.status), Some(100));
        client.send_in_pieces(b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 1);
        let last = client.next_of_any_kind("PUT").expect("a final response");
        assert_eq!((last.status, last.text().as_str()), (200, "PUT / hello"));
    });
}

/// Whether the client will send its content after a final answer, nobody knows;
/// so nothing that follows could be told apart from it.
#[test]
fn a_final_answer_without_the_content_ends_the_connection() {
    serving(&ignore, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASKS);
        let first = client.next_of_any_kind("PUT").expect("a response");
        if CONTENT_COMES_FIRST {
            return assert_eq!(first.status, 100);
        }
        assert_eq!(first.status, 200, "no 100 for content that nobody reads");
        assert!(first.closes());
        client.expect_close();
    });
}

#[test]
fn content_that_has_come_already_is_not_asked_for() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(format!("{ASKS}hello"));
        let first = client.next_of_any_kind("PUT").expect("a response");
        assert_eq!((first.status, first.text().as_str()), (200, "PUT / hello"));
    });
}

#[test]
fn without_content_there_is_nothing_to_wait_for() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for length in ["", "Content-Length: 0\r\n"] {
            client
                .send(format!("GET / HTTP/1.1\r\nHost: a\r\n{length}Expect: 100-continue\r\n\r\n"));
            let first = client.next_of_any_kind("GET").expect("a response");
            assert_eq!(first.status, 200, "{length:?}");
            assert!(!first.closes(), "{length:?}");
        }
    });
}

#[test]
fn http_1_0_knows_no_interim_response() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASKS.replace("HTTP/1.1", "HTTP/1.0"));
        client.send("hello");
        let first = client.next_of_any_kind("PUT").expect("a response");
        assert_eq!((first.status, first.text().as_str()), (200, "PUT / hello"));
    });
}

#[test]
fn what_nobody_can_promise_is_declined() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASKS.replace("100-continue", "the-impossible"));
        let first = client.next_of_any_kind("PUT").expect("a response");
        assert_eq!(first.status, 417);
        assert!(first.closes());
        client.expect_close();
    });
}

#[test]
fn content_over_the_limit_is_declined_before_it_is_sent() {
    let handler = |_: &mut Request<'_>| Response::new(StatusCode::OK);
    serving(&handler, Limits { content: 4, ..Limits::default() }, |address| {
        let mut client = Client::connect(address);
        client.send(ASKS);
        let first = client.next_of_any_kind("PUT").expect("a response");
        assert_eq!(first.status, 413);
        client.expect_close();
    });
}
