//! A client that has said all may end its side and still wants its answers.
//! [RFC 9112 §9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)

mod support;

use http::StatusCode;
use step1_http_basics::handler::{Request, Response};
use step1_http_basics::limits::Limits;
use support::client::Client;
use support::server::{echo, serving};

#[test]
fn the_answer_comes_whole_after_the_client_has_ended_its_side() {
    let megabytes = |_: &mut Request<'_>| Response::text(StatusCode::OK, vec![b'x'; 4_000_000]);
    serving(&megabytes, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.finish();
        assert_eq!(client.answer().content.len(), 4_000_000);
        client.expect_close();
    });
}

#[test]
fn every_request_before_the_end_is_answered() {
    serving(&echo, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        client.finish();
        assert_eq!(client.answer().text(), "GET /1 ");
        assert_eq!(client.answer().text(), "GET /2 ");
        client.expect_close();
    });
}

/// The end of a connection does not end a request: it may have been cut.
/// [RFC 9112 §8](https://www.rfc-editor.org/rfc/rfc9112#section-8)
#[test]
fn a_request_that_was_cut_is_not_served() {
    let cut = [
        "G",
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhell",
    ];
    serving(&echo, Limits::default(), |address| {
        for request in cut {
            let mut client = Client::connect(address);
            client.send(request);
            client.finish();
            let answer = client.answer();
            assert_eq!(answer.status, 400, "{request:?}");
            assert!(answer.closes(), "{request:?}");
            client.expect_close();
        }
    });
}
