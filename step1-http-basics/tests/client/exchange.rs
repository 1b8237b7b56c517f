//! What a client is for: phases in their order, and content as it is framed.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Barrier};

use http::header::{EXPECT, HOST, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::client::{Closing, Phase, Settings};
use step1_http_basics::framing::Framing;
use step1_http_basics::limits::Limits;

use super::scripted::{Connection, answering, refusing, serving};
use super::server;
use super::watched::{get, impatient, patient, request, watch};

#[test]
fn a_page_comes_phase_by_phase() {
    server::serving(&server::echo, Limits::default(), |address| {
        let request = request(Method::GET, &format!("http://{address}/where?q"));
        let (head, seen) = watch(&request, &patient());
        assert_eq!(head.unwrap().status, StatusCode::OK);
        assert_eq!(seen.content, b"GET /where ");
        assert_eq!(
            seen.phases,
            [
                Phase::Resolve,
                Phase::Connect,
                Phase::Send,
                Phase::Wait,
                Phase::Receive,
                Phase::Close
            ]
        );
        assert_eq!(seen.framing, Some(Framing::Length(11)));
        assert_eq!(seen.closing, Some(Closing::ByBoth { surplus: 0 }));
        assert_eq!(seen.sent, request.head());
    });
}

#[test]
fn a_request_names_its_host_first_and_its_content_last() {
    let post = request(Method::POST, "http://a.example:8000/x y?z").with_content("hello").unwrap();
    let expected =
        "POST /x%20y?z HTTP/1.1\r\nHost: a.example:8000\r\nUser-Agent: step1-http-basics/";
    let head = String::from_utf8(post.head()).unwrap();
    assert!(head.starts_with(expected), "{head}");
    assert!(head.ends_with("Content-Length: 5\r\nConnection: close\r\n\r\n"), "{head}");
    let mut other = get(SocketAddr::from((Ipv4Addr::LOCALHOST, 80)));
    other.add_field(HOST, HeaderValue::from_static("b.example")).unwrap();
    let head = String::from_utf8(other.head()).unwrap();
    assert!(head.starts_with("GET / HTTP/1.1\r\nHost: b.example\r\n"), "{head}");
    assert_eq!(head.matches("Host:").count(), 1);
}

#[test]
fn content_is_sent_behind_the_head() {
    server::serving(&server::echo, Limits::default(), |address| {
        let put = request(Method::PUT, &format!("http://{address}/x"));
        let (_, seen) = watch(&put.with_content("grüß").unwrap(), &patient());
        assert_eq!(String::from_utf8(seen.content).unwrap(), "PUT /x grüß");
    });
}

#[track_caller]
fn comes(method: Method, response: &str, expected: &str, framing: Framing) {
    answering(response.as_bytes(), |address| {
        let (head, seen) = watch(&request(method, &format!("http://{address}/")), &patient());
        head.expect("a response");
        assert_eq!(seen.content, expected.as_bytes(), "{response}");
        assert_eq!(seen.framing, Some(framing), "{response}");
    });
}

#[test]
fn the_end_of_content_is_found_in_three_ways_or_there_is_none() {
    let ok = "HTTP/1.1 200 OK\r\n";
    comes(Method::GET, &format!("{ok}Content-Length: 5\r\n\r\nhello"), "hello", Framing::Length(5));
    comes(Method::GET, &format!("{ok}Content-Length: 0\r\n\r\n"), "", Framing::Length(0));
    let chunks = "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n";
    comes(Method::GET, &format!("{ok}{chunks}"), "hello", Framing::Chunked);
    comes(Method::GET, &format!("{ok}\r\nhello"), "hello", Framing::UntilClose);
    comes(Method::GET, "HTTP/1.0 200\r\n\r\nhello", "hello", Framing::UntilClose);
    comes(Method::HEAD, &format!("{ok}Content-Length: 5\r\n\r\n"), "", Framing::None);
    comes(Method::GET, "HTTP/1.1 204 No Content\r\n\r\n", "", Framing::None);
    comes(Method::GET, "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n", "", Framing::None);
}

#[test]
fn a_response_may_come_byte_by_byte() {
    let response =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nSum: 7\r\n\r\n";
    let script = |connection: &mut Connection| {
        response.as_bytes().chunks(1).for_each(|byte| connection.send(byte));
    };
    serving(script, |address| {
        let (head, seen) = watch(&get(address), &patient());
        assert_eq!(head.unwrap().status, StatusCode::OK);
        assert_eq!(seen.content, b"hello");
        assert_eq!(seen.trailers, [("sum".to_owned(), "7".to_owned())]);
    });
}

#[test]
fn interim_responses_are_told_and_passed_over() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    answering(format!("{interim}HTTP/1.1 200 OK\r\n\r\nx").as_bytes(), |address| {
        let (head, seen) = watch(&get(address), &patient());
        assert_eq!(head.unwrap().status, StatusCode::OK);
        assert_eq!(seen.statuses, [100, 103, 200]);
        assert_eq!(seen.content, b"x");
    });
}

#[test]
fn content_waits_for_continue_when_it_is_asked_for() {
    server::serving(&server::echo, Limits::default(), |address| {
        let mut post =
            request(Method::POST, &format!("http://{address}/x")).with_content("hello").unwrap();
        post.add_field(EXPECT, HeaderValue::from_static("100-Continue")).unwrap();
        let (_, seen) = watch(&post, &patient());
        assert_eq!(seen.statuses, [100, 200]);
        assert_eq!(seen.content, b"POST /x hello");
        let twice = [Phase::Send, Phase::Wait, Phase::Receive];
        assert_eq!(seen.phases[2..8], [twice, twice].concat());
    });
}

#[test]
fn content_that_the_server_does_not_want_is_not_sent() {
    let script = |connection: &mut Connection| {
        connection.send(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(connection.rest(), b"");
    };
    serving(script, |address| {
        let mut post =
            request(Method::POST, &format!("http://{address}/")).with_content("hello").unwrap();
        post.add_field(EXPECT, HeaderValue::from_static("100-continue")).unwrap();
        assert_eq!(watch(&post, &patient()).0.unwrap().status, StatusCode::EXPECTATION_FAILED);
    });
}

#[test]
fn content_is_sent_when_no_continue_comes() {
    let script = |connection: &mut Connection| {
        assert_eq!(connection.content(5), b"hello");
        connection.send(b"HTTP/1.1 204 No Content\r\n\r\n");
    };
    serving(script, |address| {
        let mut post =
            request(Method::POST, &format!("http://{address}/")).with_content("hello").unwrap();
        post.add_field(EXPECT, HeaderValue::from_static("100-continue")).unwrap();
        assert_eq!(watch(&post, &patient()).0.unwrap().status, StatusCode::NO_CONTENT);
    });
}

#[test]
fn an_answer_counts_though_the_server_did_not_want_all_of_the_request() {
    let limits = Limits { content: 1000, ..Limits::default() };
    server::serving(&server::echo, limits, |address| {
        let post = request(Method::POST, &format!("http://{address}/"));
        let post = post.with_content(vec![b'x'; 16 * 1024 * 1024]).unwrap();
        assert_eq!(watch(&post, &patient()).0.unwrap().status, StatusCode::PAYLOAD_TOO_LARGE);
    });
}

#[test]
fn addresses_are_tried_in_turn() {
    let (_closed, closed) = refusing();
    answering(b"HTTP/1.1 204 No Content\r\n\r\n", |address| {
        let resolver = move |name: &str, port| {
            assert_eq!((name, port), ("two.example", 80));
            Ok(vec![closed, address])
        };
        let settings = Settings { resolver: Arc::new(resolver), ..patient() };
        let (head, seen) = watch(&request(Method::GET, "http://TWO.example/"), &settings);
        assert_eq!(head.unwrap().status, StatusCode::NO_CONTENT);
        assert_eq!(seen.not_connected, [closed]);
        assert_eq!(seen.phases[..3], [Phase::Resolve, Phase::Connect, Phase::Connect]);
    });
}

#[test]
fn how_a_connection_ends_is_told() {
    let response = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more";
    answering(response, |address| {
        let (_, seen) = watch(&get(address), &patient());
        assert_eq!(seen.content, b"hello");
        assert_eq!(seen.closing, Some(Closing::ByBoth { surplus: 9 }));
    });
    let done = Barrier::new(2);
    let script = |connection: &mut Connection| {
        connection.send(b"HTTP/1.1 204 No Content\r\n\r\n");
        done.wait(); // the client has left, and this side was never closed
    };
    serving(script, |address| {
        let (_, seen) = watch(&get(address), &impatient());
        done.wait();
        assert_eq!(seen.closing, Some(Closing::ByUs));
    });
}
