//! A handler need not read the content. What it leaves is dropped if it is
//! little; if it is much, the connection is closed, and the client still gets
//! its answer. [RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3)

mod support;

use http::StatusCode;
use step1_http_basics::handler::{Request, Response};
use step1_http_basics::limits::Limits;
use support::client::Client;
use support::server::{CONTENT_COMES_FIRST, ignore, serving};

fn chunk(size: usize) -> Vec<u8> {
    [format!("{size:x}\r\n").as_bytes(), &vec![b'x'; size], b"\r\n"].concat()
}

#[test]
fn a_little_unread_content_is_dropped_and_the_connection_goes_on() {
    serving(&ignore, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for size in [1, 1_000, 60_000] {
            client.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"));
            client.send(vec![b'x'; size]);
            assert!(!client.answer().closes(), "{size}");
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send([&chunk(size)[..], b"0\r\n\r\n"].concat());
            assert!(!client.answer().closes(), "{size} in a chunk");
        }
    });
}

#[test]
fn content_that_was_read_in_part_is_dropped_for_the_rest() {
    let reads_a_little = |request: &mut Request<'_>| {
        let mut start = [0; 3];
        request.content.read_exact(&mut start).expect("three bytes");
        Response::text(StatusCode::OK, start.to_vec())
    };
    serving(&reads_a_little, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for _ in 0..3 {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world");
            assert_eq!(client.answer().text(), "hel");
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("4\r\nhell\r\n7\r\no world\r\n0\r\nX: y\r\n\r\n");
            assert_eq!(client.answer().text(), "hel");
        }
    });
}

/// The client does not look for an answer before it has sent everything, as
/// most do. It finds the answer all the same.
#[test]
fn a_client_that_sends_far_too_much_gets_its_answer() {
    const MUCH: usize = 8 * 1024 * 1024;
    serving(&ignore, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {MUCH}\r\n\r\n"));
        client.try_send(&vec![b'x'; MUCH]);
        let answer = client.answer();
        assert_eq!(answer.text(), "I did not read it\n");
        assert_eq!(answer.closes(), !CONTENT_COMES_FIRST);

        drop(client);
        let mut client = Client::connect(address);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.try_send(&chunk(MUCH));
        if CONTENT_COMES_FIRST {
            client.try_send(b"0\r\n\r\n");
        }
        let answer = client.answer();
        assert_eq!(answer.text(), "I did not read it\n");
        assert_eq!(answer.closes(), !CONTENT_COMES_FIRST);
    });
}

/// A close with unread content would throw away what the system has not sent yet.
#[test]
fn a_client_that_sends_far_too_much_gets_a_large_answer_whole() {
    const MUCH: usize = 8 * 1024 * 1024;
    let large = |_: &mut Request<'_>| Response::text(StatusCode::OK, vec![b'a'; 512 * 1024]);
    serving(&large, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {MUCH}\r\n\r\n"));
        client.try_send(&vec![b'x'; MUCH]);
        assert_eq!(client.answer().text().len(), 512 * 1024);
    });
}

/// Content that is refused is unread content too.
#[test]
fn a_client_that_sends_more_than_the_limit_is_told_so() {
    const MUCH: usize = 8 * 1024 * 1024;
    let limits = Limits { content: 1_000, ..Limits::default() };
    serving(&ignore, limits, |address| {
        let mut client = Client::connect(address);
        client.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {MUCH}\r\n\r\n"));
        client.try_send(&vec![b'x'; MUCH]);
        assert_eq!(client.answer().status, 413);
    });
}

/// What the handler did not look at must still be what it says it is: behind
/// chunks that are none, no next request can be found.
#[test]
fn unread_chunks_that_are_none_end_the_connection() {
    serving(&ignore, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n\
             GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        );
        let answer = client.answer();
        assert_eq!(answer.status, 400);
        assert!(answer.closes());
        client.expect_close();
    });
}

/// The cap can be set to nothing: then only content that is read, or that has
/// no bytes, keeps the connection.
#[test]
fn without_a_cap_unread_content_closes() {
    serving(&ignore, Limits { drain: 0, ..Limits::default() }, |address| {
        let mut client = Client::connect(address);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assert!(!client.answer().closes());
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
        assert_eq!(client.answer().closes(), !CONTENT_COMES_FIRST);
    });
}
