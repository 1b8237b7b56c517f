//! A handler says what the content is; where it ends on the wire is said by
//! the spine, which cannot be talked into saying it wrongly.
//! [RFC 9112 §6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3)

mod support;

use std::fs::File;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderValue, StatusCode};
use step1_http_basics::connection::{Exchange, Service};
use step1_http_basics::handler::{Body, Handler, Request, Response};
use step1_http_basics::limits::Limits;
use support::client::Client;
use support::server::{TOO_MUCH_CLOSES, serving, serving_with};

const ASK: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn stream(content: &'static [u8]) -> Response {
    Response { body: Body::Stream(Box::new(content)), ..Response::new(StatusCode::OK) }
}

/// Serves while `test` runs, and says why answers broke off.
fn errors_while_serving(handler: &dyn Handler, test: impl FnOnce(SocketAddr)) -> Vec<String> {
    let errors = Mutex::new(Vec::new());
    let observer = |exchange: &Exchange<'_>| {
        errors.lock().expect("no panic in here").extend(exchange.error.map(ToString::to_string));
    };
    let service = Service { observer: Some(&observer), ..Service::new(handler, Limits::default()) };
    serving_with(&service, test);
    errors.into_inner().expect("no panic in here")
}

#[test]
fn bytes_are_counted_whatever_the_handler_says() {
    let lies = |_: &mut Request<'_>| {
        Response::text(StatusCode::OK, "hello")
            .field(CONTENT_LENGTH, HeaderValue::from_static("3"))
            .field(TRANSFER_ENCODING, HeaderValue::from_static("chunked"))
    };
    serving(&lies, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASK);
        let answer = client.answer();
        assert_eq!(answer.field("content-length"), Some("5"));
        assert_eq!(answer.field("transfer-encoding"), None);
        assert_eq!(answer.text(), "hello");
    });
}

#[test]
fn a_stream_of_unknown_length_is_chunked() {
    let handler = |_: &mut Request<'_>| stream(b"hello");
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASK.repeat(2));
        for _ in 0..2 {
            let answer = client.answer();
            assert_eq!(answer.field("transfer-encoding"), Some("chunked"));
            assert_eq!(answer.text(), "hello");
        }
    });
}

#[test]
fn an_empty_stream_is_the_last_chunk_alone() {
    let handler = |_: &mut Request<'_>| stream(b"");
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASK.repeat(2));
        assert_eq!([client.answer().text(), client.answer().text()], ["", ""]);
    });
}

#[test]
fn a_stream_that_goes_on_is_cut_at_its_content_length() {
    let handler = |_: &mut Request<'_>| {
        stream(b"hello, world").field(CONTENT_LENGTH, HeaderValue::from_static("5"))
    };
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASK.repeat(2));
        assert_eq!(client.answer().text(), "hello");
        match TOO_MUCH_CLOSES {
            true => client.expect_close(),
            false => assert_eq!(client.answer().text(), "hello"),
        }
    });
}

/// A response that is shorter than it says must not look whole: so the
/// connection ends, and nothing else is sent on it.
#[test]
fn a_stream_that_ends_before_its_content_length_ends_the_connection() {
    let handler =
        |_: &mut Request<'_>| stream(b"hello").field(CONTENT_LENGTH, HeaderValue::from_static("9"));
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        client.send(ASK.repeat(2));
        let all = String::from_utf8(client.until_close()).expect("text");
        assert!(all.contains("Content-Length: 9\r\n"), "{all}");
        assert!(all.ends_with("\r\n\r\nhello"), "{all}");
    });
}

/// The same for chunks: the last one is not sent.
#[test]
fn a_stream_that_fails_is_not_ended_as_if_it_were_whole() {
    struct Fails(bool);
    impl Read for Fails {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(std::io::Error::other("the disk is gone"));
            }
            out[..5].copy_from_slice(b"hello");
            Ok(5)
        }
    }
    let handler = |_: &mut Request<'_>| {
        let body = Body::Stream(Box::new(Fails(false)));
        Response { body, ..Response::new(StatusCode::OK) }
    };
    let errors = errors_while_serving(&handler, |address| {
        let mut client = Client::connect(address);
        client.send(ASK.repeat(2));
        let all = String::from_utf8(client.until_close()).expect("text");
        assert!(all.ends_with("\r\n\r\n5\r\nhello\r\n"), "{all}");
    });
    assert_eq!(errors, ["the disk is gone"]);
}

/// A panic costs one answer, which ends where it broke off: without the last
/// chunk, or with bytes missing. To HTTP/1.0 nothing was promised, and the end of
/// the connection would look like the end of the content: so it is reset.
/// [RFC 9112 §8](https://www.rfc-editor.org/rfc/rfc9112#section-8)
#[test]
fn a_stream_that_panics_breaks_off_its_answer_and_the_next_client_is_served() {
    struct Panics(bool);
    impl Read for Panics {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            assert!(!std::mem::replace(&mut self.0, true), "this panic is part of the test");
            out[..5].copy_from_slice(b"hello");
            Ok(5)
        }
    }
    impl Drop for Panics {
        fn drop(&mut self) {
            assert!(std::thread::panicking(), "this panic is part of the test, too");
        }
    }
    let handler = |request: &mut Request<'_>| {
        let body = Body::Stream(Box::new(Panics(false)));
        let response = Response { body, ..Response::new(StatusCode::OK) };
        match request.head.target.path() {
            "/counted" => response.field(CONTENT_LENGTH, HeaderValue::from_static("9")),
            _ => response,
        }
    };
    let errors = errors_while_serving(&handler, |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.0\r\n\r\n");
        client.until_reset();
        for (path, came) in [("/", "\r\n\r\n5\r\nhello\r\n"), ("/counted", "\r\n\r\nhello")] {
            let mut client = Client::connect(address);
            client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(2));
            let all = String::from_utf8(client.until_close()).expect("text");
            assert!(all.ends_with(came) && all.matches("HTTP/1.1").count() == 1, "{all}");
        }
    });
    assert_eq!(errors, ["what makes the content panicked"; 3]);
}

/// Small files leave with the head in one write, large ones are moved by the
/// kernel: the client must not see a difference.
#[test]
fn a_range_of_a_file_is_sent_exactly() {
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let path = std::env::temp_dir().join(format!("step1-response-framing-{}", std::process::id()));
    File::create(&path).and_then(|mut file| file.write_all(&content)).expect("a temporary file");
    let file = Arc::new(File::open(&path).expect("the file just written"));
    std::fs::remove_file(&path).expect("the file just written");
    let handler = |request: &mut Request<'_>| {
        let range = request.head.target.query().expect("a range");
        let (start, end) = range.split_once('-').expect("a range");
        let range = start.parse().expect("a number")..end.parse().expect("a number");
        let body = Body::File { file: Arc::clone(&file), range };
        Response { body, ..Response::new(StatusCode::OK) }
    };
    serving(&handler, Limits::default(), |address| {
        let mut client = Client::connect(address);
        for range in [
            0..0,
            0..1,
            7..8,
            0..32_767,
            1..32_769,
            0..1_200_000,
            99_999..1_200_000,
            1_199_999..1_200_000,
        ] {
            client.send(format!("GET /?{}-{} HTTP/1.1\r\nHost: a\r\n\r\n", range.start, range.end));
            let answer = client.answer();
            assert!(answer.content == content[range.clone()], "{range:?}");
        }
    });
}

#[test]
fn a_file_that_has_shrunk_ends_the_connection() {
    let path = std::env::temp_dir().join(format!("step1-shrunk-{}", std::process::id()));
    File::create(&path)
        .and_then(|mut file| file.write_all(&[b'x'; 100]))
        .expect("a temporary file");
    let file = Arc::new(File::open(&path).expect("the file just written"));
    std::fs::remove_file(&path).expect("the file just written");
    for promised in [200, 200_000] {
        let handler = |_: &mut Request<'_>| {
            let body = Body::File { file: Arc::clone(&file), range: 0..promised };
            Response { body, ..Response::new(StatusCode::OK) }
        };
        serving(&handler, Limits::default(), |address| {
            let mut client = Client::connect(address);
            client.send(ASK.repeat(2));
            let all = String::from_utf8(client.until_close()).expect("text");
            assert!(
                all.matches("HTTP/1.1").count() <= 1,
                "another answer behind a broken one:\n{all}"
            );
            assert!(all.len() < 400, "{} bytes", all.len());
        });
    }
}

/// A value cannot hold CR or LF, so a field cannot become two, nor a response.
/// [RFC 9112 §11.1](https://www.rfc-editor.org/rfc/rfc9112#section-11.1)
#[test]
fn a_field_cannot_split_the_response() {
    for bad in ["a\r\nX: b", "a\nX: b", "a\rX: b", "a\0b", "\r\n\r\n"] {
        assert!(HeaderValue::from_str(bad).is_err(), "{bad:?}");
    }
}

/// Whoever looks into the log wants to know what was asked, most of all when it
/// was refused.
#[test]
fn the_request_line_of_what_was_refused_is_told_as_far_as_it_came() {
    let lines = Mutex::new(Vec::new());
    let observer = |exchange: &Exchange<'_>| {
        lines.lock().unwrap().push(String::from_utf8_lossy(exchange.request_line).into_owned());
    };
    let handler = |_: &mut Request<'_>| stream(b"");
    let service =
        Service { observer: Some(&observer), ..Service::new(&handler, Limits::default()) };
    serving_with(&service, |address| {
        for request in
            ["GET /a HTTP/1.1\r\nHost : a\r\n\r\n", "GET /\u{1b} HTTP", "GET /a HTTP/3.0\r\n"]
        {
            let mut client = Client::connect(address);
            client.send(request);
            client.until_close();
        }
    });
    let lines = lines.into_inner().unwrap();
    assert_eq!(lines, ["GET /a HTTP/1.1", "GET /\u{1b} HTTP", "GET /a HTTP/3.0"]);
}
