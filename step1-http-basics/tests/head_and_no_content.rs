//! Some responses have no content, whatever their fields say: those to HEAD,
//! and those with 1xx, 204 and 304.
//! [RFC 9110 §6.4.1](https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1)

mod support;

use http::header::{CONTENT_LENGTH, ETAG};
use http::{HeaderValue, StatusCode};
use step1_http_basics::handler::{Body, Request, Response};
use step1_http_basics::limits::Limits;
use support::client::{Answer, Client};
use support::server::serving;

/// Sends two requests in one packet; that the second answer is found shows
/// where the first one ended.
fn twice(client: &mut Client, method: &str, target: &str) -> Answer {
    let request = format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    client.send(request.repeat(2));
    let answers = [client.answer_to(method), client.answer_to(method)];
    assert_eq!(answers[0].status, answers[1].status);
    answers.into_iter().next().expect("two answers")
}

fn without_date(answer: &Answer) -> Vec<(String, String)> {
    answer.fields.iter().filter(|(name, _)| name != "Date").cloned().collect()
}

fn responses(request: &mut Request<'_>) -> Response {
    let stream = || Body::Stream(Box::new(&b"streamed"[..]));
    match request.head.target.path() {
        "/bytes" => Response::text(StatusCode::OK, "hello"),
        "/stream" => Response { body: stream(), ..Response::new(StatusCode::OK) },
        "/counted" => Response { body: stream(), ..Response::new(StatusCode::OK) }
            .field(CONTENT_LENGTH, HeaderValue::from_static("8")),
        "/declared" => {
            Response::new(StatusCode::OK).field(CONTENT_LENGTH, HeaderValue::from_static("1234"))
        }
        "/204" => Response::new(StatusCode::NO_CONTENT),
        "/204-with-content" => Response::text(StatusCode::NO_CONTENT, "not to be sent"),
        "/304" => {
            Response::new(StatusCode::NOT_MODIFIED).field(ETAG, HeaderValue::from_static("\"a\""))
        }
        "/304-with-content" => {
            Response { body: stream(), ..Response::new(StatusCode::NOT_MODIFIED) }
        }
        _ => Response::new(StatusCode::NOT_FOUND),
    }
}

#[test]
fn head_gets_the_fields_of_get_without_the_content() {
    serving(&responses, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for target in ["/bytes", "/stream", "/counted"] {
            let (get, head) =
                (twice(&mut client, "GET", target), twice(&mut client, "HEAD", target));
            assert_eq!(without_date(&head), without_date(&get), "{target}");
            assert!(!get.content.is_empty(), "{target}");
        }
    });
}

#[test]
fn a_handler_may_answer_head_without_making_the_content() {
    serving(&responses, Limits::default(), |address| {
        let head = twice(&mut Client::connect(address), "HEAD", "/declared");
        assert_eq!(head.field("content-length"), Some("1234"));
    });
}

/// [RFC 9112 §6.1](https://www.rfc-editor.org/rfc/rfc9112#section-6.1): no
/// `Transfer-Encoding` in an answer to HTTP/1.0, not even to HEAD.
#[test]
fn head_of_http_1_0_is_told_of_no_chunks() {
    serving(&responses, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send("HEAD /stream HTTP/1.0\r\n\r\n");
        let head = client.answer_to("HEAD");
        assert_eq!(head.field("transfer-encoding"), None);
        client.expect_close();
    });
}

#[test]
fn no_content_and_not_modified_end_with_their_head() {
    serving(&responses, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for target in ["/204", "/204-with-content", "/304", "/304-with-content"] {
            for method in ["GET", "HEAD", "POST"] {
                let answer = twice(&mut client, method, target);
                assert_eq!(answer.status.to_string(), target[1..4]);
                // RFC 9110 §8.6: never a length with 204; with 304 it would be
                // that of the content which the client already has.
                assert_eq!(answer.field("content-length"), None, "{method} {target}");
                assert_eq!(answer.field("transfer-encoding"), None, "{method} {target}");
            }
        }
        assert_eq!(twice(&mut client, "GET", "/304").field("etag"), Some("\"a\""));
    });
}

/// A refusal says what is wrong in its content; HEAD must not get any, whether
/// its head could be read or not.
#[test]
fn a_refused_head_gets_no_content() {
    for rest in ["Host: a\r\nExpect: cake\r\n\r\n", "Host : a\r\n\r\n"] {
        serving(&responses, Limits::default(), |address| {
            let mut client = Client::connect(address);
            client.send(format!("HEAD / HTTP/1.1\r\n{rest}"));
            let answer = String::from_utf8(client.until_close()).expect("text");
            assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
            assert!(answer.contains("\r\nContent-Length: ") && answer.ends_with("\r\n\r\n"));
        });
    }
}
