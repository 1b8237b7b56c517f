//! What PEP 3333 says a server or gateway must do, a test for each sentence.

#![allow(clippy::doc_markdown)] // the PEP's own words
#![allow(clippy::needless_pass_by_value)] // the form of an application

mod applications;
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use applications as apps;
use step4_wsgi_interface::body::FileLike;
use step4_wsgi_interface::gateway::{self, Call, Memory, Output};
use step4_wsgi_interface::head::Head;
use step4_wsgi_interface::run::cgi;
use step4_wsgi_interface::run::terminal::Request;
use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
use support::{Sends, call, get};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// "start_response … must return a write(body_data) callable"
#[test]
fn start_response_returns_write() {
    let answer = get(&apps::writes_and_returns::application, "/");
    assert_eq!(answer.text(), "pushed, pushed again, and returned");
    assert_eq!(answer.error, None);
}

/// "must transmit the yielded bytestrings … completing the transmission of each
/// bytestring before requesting another one"
#[test]
fn each_block_is_sent_before_the_next_is_asked_for() {
    let sends = Sends::default();
    let log = sends.clone();
    let application = move |_: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &TEXT, None)?;
        let log = log.clone();
        Ok(Body::iterator((1..=2).map(move |n| {
            log.note(format!("asked for {n}"));
            Ok(n.to_string().into_bytes())
        })))
    };
    let (_, outcome) = gateway::run(&application, Environ::new(), sends.clone());
    assert!(outcome.is_ok());
    let expected = ["asked for 1", "sent 200 OK; \"1\"", "asked for 2", "sent \"2\""];
    assert_eq!(sends.all(), expected);
}

/// "the server or gateway must call that method upon completion of the current
/// request": in Rust, the body is dropped, once
#[test]
fn a_body_is_closed_once_however_the_request_goes() {
    struct Leaves;
    impl Default for Leaves {
        fn default() -> Self {
            Leaves
        }
    }
    impl Output for Leaves {
        fn send(&mut self, _: Option<&Head>, _: &[u8]) -> Result<()> {
            Err("the client has gone".into())
        }
    }
    let closed = Arc::new(AtomicUsize::new(0));
    let body = |blocks: Vec<Result<&'static str>>| {
        let closed = Arc::clone(&closed);
        let blocks = blocks.into_iter().map(|block| block.map(str::as_bytes));
        Body::iterator(blocks).on_close(move || {
            closed.fetch_add(1, Ordering::SeqCst);
        })
    };
    type Blocks = fn() -> Vec<Result<&'static str>>;
    let cases: Vec<(&str, Blocks, bool)> = vec![
        ("completed normally", || vec![Ok("a"), Ok("b")], false),
        ("no content", Vec::new, false),
        ("error during iteration", || vec![Ok("a"), Err("gone".into())], false),
        ("early disconnect", || vec![Ok("a"), Ok("b")], true),
    ];
    for (what, blocks, leaves) in cases {
        closed.store(0, Ordering::SeqCst);
        let application = |_: Environ, start_response: StartResponse| -> Result<Body> {
            start_response("200 OK", &TEXT, None)?;
            Ok(body(blocks()))
        };
        if leaves {
            assert!(gateway::run(&application, Environ::new(), Leaves).1.is_err());
        } else {
            let _ = get(&application, "/");
        }
        assert_eq!(closed.load(Ordering::SeqCst), 1, "{what}");
    }
}

/// The body of a panicking iterator is closed too.
#[test]
fn a_body_that_panics_is_closed_once() {
    let closed = Arc::new(AtomicUsize::new(0));
    let inside = Arc::clone(&closed);
    let application = move |environ: Environ, start_response: StartResponse| -> Result<Body> {
        let inside = Arc::clone(&inside);
        apps::panics_in_the_middle::application(environ, start_response).map(|body| {
            body.on_close(move || {
                inside.fetch_add(1, Ordering::SeqCst);
            })
        })
    };
    let answer = get(&application, "/");
    assert_eq!(answer.error.as_deref(), Some("the application panicked: index out of bounds, say"));
    assert_eq!(closed.load(Ordering::SeqCst), 1);
}

/// "servers must not assume that start_response() has been called before they
/// begin iterating over the iterable"
#[test]
fn a_response_may_begin_with_the_first_block() {
    let answer = get(&apps::starts_late::application, "/");
    assert_eq!((answer.status.as_str(), answer.text().as_str()), ("200 OK", "hello, world"));
    assert_eq!(answer.error, None);
}

/// "the application must invoke the start_response() callable before the
/// iterable yields its first body bytestring": if not, nothing of it is sent
#[test]
fn content_without_a_beginning_becomes_a_500() {
    for answer in [
        get(&apps::never_starts::application, "/"),
        get(&apps::never_starts_and_is_empty::application, "/"),
        get(&apps::yields_before_it_starts::application, "/"),
    ] {
        assert_eq!(answer.status, "500 Internal Server Error");
        assert_eq!(answer.text(), "Internal Server Error\n");
        assert!(answer.error.expect("a breach").contains("must invoke the start_response()"));
    }
}

/// "the start_response callable must not actually transmit the response
/// headers … only after the first iteration … that yields a non-empty bytestring"
#[test]
fn the_head_waits_for_content() {
    let sends = Sends::default();
    let (_, outcome) =
        gateway::run(&apps::yields_empty_blocks::application, Environ::new(), sends.clone());
    assert!(outcome.is_ok());
    assert_eq!(sends.all()[0], "sent 200 OK; \"a\"");
    assert_eq!(sends.all().iter().filter(|sent| sent.contains("200")).count(), 1);
}

/// "… or upon the application's first invocation of the write() callable"
#[test]
fn the_head_goes_with_the_first_write() {
    let call = Call::new(Memory::default());
    let write = call.start_response()("200 OK", &TEXT, None).expect("begun");
    assert!(!call.is_sent());
    write(b"").expect("nothing");
    assert!(!call.is_sent(), "an empty block is no content");
    write(b"x").expect("sent");
    assert!(call.is_sent());
}

/// "or until the application's returned iterable is exhausted"
#[test]
fn the_head_is_sent_at_the_end_if_there_is_no_content() {
    let empty = |_: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("204 No Content", &[], None)?;
        Ok(Body::empty())
    };
    let answer = get(&empty, "/");
    assert_eq!((answer.status.as_str(), answer.headers.len()), ("204 No Content", 0));
    assert_eq!(answer.error, None);
}

/// "If exc_info is supplied, and no HTTP headers have been output yet,
/// start_response should replace the currently-stored HTTP response headers"
#[test]
fn an_application_may_change_its_mind_before_anything_is_sent() {
    let answer = get(&apps::changes_its_mind::application, "/");
    assert_eq!(
        (answer.status.as_str(), answer.text().as_str()),
        ("500 Internal Server Error", "sorry")
    );
    assert_eq!(answer.header("x-first"), None, "the headers are replaced as a whole");
    assert_eq!(answer.error, None);
}

/// "if exc_info is provided, and the HTTP headers have already been sent,
/// start_response must raise an error, and should re-raise using exc_info"
#[test]
fn what_has_been_sent_cannot_be_replaced() {
    let answer = get(&apps::sends_and_fails::application, "/");
    assert_eq!(answer.text(), "content, ");
    assert_eq!(answer.error.as_deref(), Some("the database is gone"), "the very error");
}

/// "it is a fatal error to call start_response without the exc_info argument if
/// start_response has already been called"
#[test]
fn a_response_begins_once() {
    let answer = get(&apps::starts_twice::application, "/");
    assert_eq!(answer.status, "500 Internal Server Error");
    assert!(answer.error.expect("a breach").contains("start_response was called again"));
}

/// "This includes the case where the first call to start_response raised an
/// error"
#[test]
fn a_refused_beginning_counts() {
    let answer = get(&apps::starts_again_after_a_refusal::application, "/");
    assert_eq!(answer.status, "500 Internal Server Error");
    assert!(answer.error.expect("a breach").contains("start_response was called again"));
    // With exc_info it may.
    let call = Call::new(Memory::default());
    assert!(call.start_response()("200", &TEXT, None).is_err());
    assert!(call.send(b"x").is_err(), "there is nothing to send before it");
    assert!(call.start_response()("500 Oops", &TEXT, Some("no phrase".into())).is_ok());
    assert!(call.send(b"x").is_ok());
}

/// "Servers should check for errors in the headers at the time start_response
/// is called, so that an error can be raised while the application is still
/// running"; "a server … should consider it a fatal error for an application to
/// attempt sending [hop-by-hop headers]"
#[test]
fn bad_heads_are_refused_while_the_application_runs() {
    type Run = fn(Environ, StartResponse) -> Result<Body>;
    let cases: [(Run, &str); 10] = [
        (apps::status_without_a_phrase::application, "separated by a single space"),
        (apps::status_with_a_line_end::application, "must not contain control characters"),
        (apps::interim_status::application, "interim response"),
        (apps::name_with_a_colon::application, "without a trailing colon"),
        (apps::value_with_a_line_end::application, "must not include any control characters"),
        (apps::hop_by_hop::application, "must not generate any \"hop-by-hop\" headers"),
        (apps::chunks_its_content::application, "must not generate any \"hop-by-hop\" headers"),
        (apps::status_as_a_header::application, "RFC 3875 §6.3.3"),
        (apps::value_beyond_latin_1::application, "any other Unicode character"),
        (apps::length_is_no_number::application, "RFC 9110 §8.6"),
    ];
    for (application, sentence) in cases {
        let answer = get(&application, "/?a%0D%0ASet-Cookie:%20b");
        assert_eq!(answer.status, "500 Internal Server Error", "{sentence}");
        let error = answer.error.expect("a breach");
        assert!(error.contains(sentence), "{error}");
    }
}

/// "should not transmit more bytes to the client than the header allows, and
/// should stop iterating over the response when enough data has been sent, or
/// raise an error if the application tries to write() past that point"
#[test]
fn no_more_is_sent_than_content_length_says() {
    let answer = get(&apps::longer_than_it_says::application, "/");
    assert_eq!(answer.text(), "fourm");
    assert!(answer.error.expect("a breach").contains("3 bytes more than Content-Length says"));

    let answer = get(&apps::writes_too_much::application, "/");
    assert_eq!(answer.text(), "fourm");
    assert!(answer.error.is_some());

    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let endless = move |_: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &[("Content-Type", "a/b"), ("Content-Length", "3")], None)?;
        let count = Arc::clone(&count);
        Ok(Body::iterator(std::iter::repeat_with(move || {
            count.fetch_add(1, Ordering::SeqCst);
            Ok(b"x")
        })))
    };
    assert_eq!(get(&endless, "/").error, None);
    assert_eq!(asked.load(Ordering::SeqCst), 3, "it stops when enough has been sent");
}

/// "if the application does not provide enough data to meet its stated
/// Content-Length, the server should close the connection and log"
#[test]
fn too_little_content_is_an_error() {
    let answer = get(&apps::shorter_than_it_says::application, "/");
    assert_eq!((answer.status.as_str(), answer.text().as_str()), ("200 OK", "fourmore"));
    assert!(answer.error.expect("a breach").contains("1 bytes fewer"));
    // With no content at all the head has not been sent yet.
    let answer = get(&apps::empty_and_says_a_length::application, "/");
    assert_eq!(answer.status, "500 Internal Server Error");
}

/// The answer to HEAD, and a 304, say a length and have no content.
#[test]
fn a_length_without_content_is_fine_for_head_and_304() {
    let head = Request { method: "HEAD".into(), ..Request::get("/") };
    let answer = call(&apps::empty_and_says_a_length::application, head.environ());
    assert_eq!(answer.header("content-length"), Some("9"));
    assert_eq!(answer.error, None);
    let unchanged = |_: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("304 Not Modified", &[("Content-Length", "9")], None)?;
        Ok(Body::empty())
    };
    assert_eq!(get(&unchanged, "/").error, None);
}

/// "the server can automatically determine Content-Length by taking the length
/// of the first bytestring yielded by the iterable"
#[test]
fn one_block_tells_its_length() {
    let one = |_: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &TEXT, None)?;
        Ok([b"content"].into())
    };
    assert_eq!(get(&one, "/").header("content-length"), Some("7"));
    let streamed = get(&apps::starts_late::application, "/");
    assert_eq!(streamed.header("content-length"), None, "nobody knew before");
    let pushed = get(&apps::writes_and_returns::application, "/");
    assert_eq!(pushed.header("content-length"), None, "the application called write()");
}

/// "before write() returns, it must guarantee that the passed-in bytestring was
/// either completely sent to the client, or that it is buffered"
#[test]
fn what_was_written_is_sent_when_write_returns() {
    let sends = Sends::default();
    let call = Call::new(sends.clone());
    let write = call.start_response()("200 OK", &TEXT, None).expect("begun");
    write(b"one").expect("sent");
    assert_eq!(sends.all(), ["sent 200 OK; \"one\""]);
    write(b"two").expect("sent");
    assert_eq!(sends.all().len(), 2);
}

/// "any bytestrings yielded by the iterable are transmitted after all
/// bytestrings passed to write() have been sent"
#[test]
fn what_is_yielded_follows_what_was_written() {
    let sends = Sends::default();
    let outcome =
        gateway::run(&apps::writes_and_returns::application, Environ::new(), sends.clone());
    assert!(outcome.1.is_ok());
    assert_eq!(sends.all().last().map(String::as_str), Some("sent \"and returned\""));
}

/// "Servers should trap and log any exception that aborts an application or the
/// iteration of its return value"
#[test]
fn an_application_that_fails_does_not_take_the_gateway_with_it() {
    type Run = fn(Environ, StartResponse) -> Result<Body>;
    let cases: [(Run, &str); 3] = [
        (apps::fails::application, "the database is gone"),
        (apps::panics::application, "the application panicked: index out of bounds, say"),
        (apps::fails_at_once_in_its_body::application, "the database is gone"),
    ];
    for (application, error) in cases {
        let answer = get(&application, "/");
        assert_eq!(answer.status, "500 Internal Server Error");
        assert!(!answer.text().contains("database"), "strangers are not told why");
        assert_eq!(answer.error.as_deref(), Some(error));
    }
}

/// After the first byte there is no honest way to go on: the response is cut.
#[test]
fn an_error_in_the_middle_cuts_the_response() {
    let answer = get(&apps::fails_in_the_middle::application, "/");
    assert_eq!((answer.status.as_str(), answer.text().as_str()), ("200 OK", "the first half, "));
    assert_eq!(answer.error.as_deref(), Some("the database is gone"));
}

/// "The semantics of returning a file wrapper should be the same as if the
/// application had returned iter(filelike.read, '')": from where it stands, to
/// its end
#[test]
fn a_wrapped_file_is_sent_from_where_it_stands() {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"0123456789").expect("written");
    file.seek(SeekFrom::Start(4)).expect("sought");
    let file = std::sync::Mutex::new(Some(file));
    let application = |environ: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &TEXT, None)?;
        let wrap = environ.wsgi.file_wrapper.expect("this gateway has one");
        let file = file.lock().expect("one thread").take().expect("one call");
        let mut body = wrap(file.into(), 4);
        if let step4_wsgi_interface::body::Kind::File(wrapped) = &mut body.kind {
            assert_eq!(wrapped.offset_and_length().expect("a place"), (4, 6));
        }
        Ok(body)
    };
    assert_eq!(get(&application, "/").text(), "456789");
}

/// "Application objects must be able to be invoked more than once": what a
/// gateway keeps for the next request must not reach into it
#[test]
fn a_call_that_is_used_again_is_as_new() {
    let mut call = Call::new(Memory::default());
    let first = call.start_response();
    first("200 OK", &[("Content-Length", "3")], None).expect("begun");
    call.send(b"abc").expect("sent");
    // The application has kept its `start_response`.
    call.renew(Memory::default());
    let _ = first("200 OK", &TEXT, Some("late".into()));
    assert!(!call.is_sent());
    assert!(call.send(b"x").is_err(), "the old one does not begin the new response");

    call.renew(Memory::default());
    let second = call.start_response();
    second("404 Not Found", &TEXT, None).expect("begun");
    call.send(b"longer than three").expect("the old length is forgotten");
    call.finish().expect("whole");
    assert_eq!(call.into_output().content, b"longer than three");
}

/// "The methods listed in the table above must be supported by all servers":
/// `read`, `readline`, `readlines` and iteration of `wsgi.input`, which ends
/// where the content ends, though more could be read
#[test]
fn the_input_can_be_read_in_every_way_and_ends_with_the_content() {
    use std::io::BufRead;
    type Way = fn(&mut dyn BufRead) -> Vec<String>;
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let ways: [(Way, &[&str]); 4] = [
        (
            |input| {
                let mut five = [0; 5];
                input.read_exact(&mut five).expect("five bytes");
                vec![String::from_utf8_lossy(&five).into_owned()]
            },
            &["one\nt"],
        ),
        (
            |input| {
                let mut line = String::new();
                input.read_line(&mut line).expect("a line");
                vec![line]
            },
            &["one\n"],
        ),
        (|input| input.lines().map(|line| line.expect("a line")).collect(), &["one", "two", "th"]),
        (
            |input| {
                let mut all = String::new();
                input.read_to_string(&mut all).expect("all");
                assert_eq!(input.read(&mut [0; 9]).expect("the end"), 0, "and it stays at the end");
                vec![all]
            },
            &["one\ntwo\nth"],
        ),
    ];
    for (way, expected) in ways {
        let application =
            move |mut environ: Environ, start_response: StartResponse| -> Result<Body> {
                start_response("200 OK", &TEXT, None)?;
                Ok([way(&mut *environ.wsgi.input).join("|").into_bytes()].into())
            };
        let variables = [("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "10")];
        let stdin = std::io::Cursor::new(b"one\ntwo\nthree\n");
        let (stdout, outcome) = cgi::run_with(&application, variables, stdin, Vec::new());
        assert!(outcome.is_ok());
        let content = lossy(&stdout);
        assert!(content.ends_with(&expected.join("|")), "{content:?}");
    }
}

/// "`environ` … must contain the following WSGI-defined variables", and they
/// say the truth about this gateway
#[test]
fn a_gateway_says_what_it_is() {
    let application = |environ: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &TEXT, None)?;
        let wsgi = &environ.wsgi;
        let said =
            (wsgi.version, &*wsgi.url_scheme, wsgi.multithread, wsgi.multiprocess, wsgi.run_once);
        Ok([format!("{said:?}").into_bytes()].into())
    };
    for (https, scheme) in [("", "http"), ("off", "http"), ("on", "https"), ("1", "https")] {
        let variables = [("REQUEST_METHOD", "GET"), ("HTTPS", https)];
        let (stdout, _) = cgi::run_with(&application, variables, std::io::empty(), Vec::new());
        let expected = format!("((1, 0), {scheme:?}, false, true, true)");
        assert!(String::from_utf8_lossy(&stdout).ends_with(&expected));
    }
}

/// "servers and gateways must not supply strings … containing any other Unicode
/// characters": every byte of a variable arrives as one character
#[test]
fn every_byte_of_a_variable_is_one_character() {
    let all: Vec<u8> = (1..=255).collect();
    let expected: String = all.iter().map(|byte| char::from(*byte)).collect();
    let application = move |environ: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &TEXT, None)?;
        assert_eq!(environ.get_or_empty("PATH_INFO").to_string(), expected);
        Ok(Body::empty())
    };
    let variables = [("PATH_INFO", all)];
    assert!(cgi::run_with(&application, variables, std::io::empty(), Vec::new()).1.is_ok());
}

/// "must not perform any data transmission until and unless the server/gateway
/// actually receives the iterable as a return value from the application"
#[test]
fn a_file_that_is_wrapped_and_not_returned_is_not_sent() {
    let application = |environ: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &TEXT, None)?;
        let wrap = environ.wsgi.file_wrapper.expect("this gateway has one");
        drop(wrap(FileLike::Reader(Box::new(&b"secret"[..])), 3));
        Ok([b"something else"].into())
    };
    assert_eq!(get(&application, "/").text(), "something else");
}

/// "the iterable returned by wsgi.file_wrapper must have a close() method that
/// invokes the original file-like object's close() method"
#[test]
fn a_wrapped_reader_is_closed_with_its_body() {
    struct Noted(Arc<AtomicUsize>);
    impl std::io::Read for Noted {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Ok(0)
        }
    }
    impl Drop for Noted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let closed = Arc::new(AtomicUsize::new(0));
    let reader = Noted(Arc::clone(&closed));
    let body = Body::file(FileLike::Reader(Box::new(reader)), 8);
    assert_eq!(closed.load(Ordering::SeqCst), 0);
    drop(body);
    assert_eq!(closed.load(Ordering::SeqCst), 1);
}

/// "If a call to len(iterable) succeeds, the server must be able to rely on the
/// result being accurate"
#[test]
fn a_length_that_is_told_is_true() {
    let bodies: Vec<Body> = vec![
        Body::empty(),
        [b"a"].into(),
        [b"a", b"b"].into(),
        vec![b"a".to_vec(); 3].into(),
        Body::iterator((0..2).map(|_| Ok(b"a"))),
    ];
    for body in bodies {
        if let Some(told) = body.len() {
            assert_eq!(body.count(), told);
        }
    }
}
