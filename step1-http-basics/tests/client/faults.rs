//! Whatever goes wrong is told with its phase, and never waited for without end.

use std::io;
use std::sync::Barrier;
use std::time::Duration;

use http::Method;
use step1_http_basics::chunked::ChunkedError;
use step1_http_basics::client::{self, Event, Fault, Phase, Settings};
use step1_http_basics::framing::FramingError;
use step1_http_basics::parse::HeadError;

use super::scripted::{Connection, answering, serving};
use super::watched::{fails, get, impatient, patient, request, watch};

#[test]
fn a_server_that_never_reads() {
    let done = Barrier::new(2);
    let script = |_: &mut Connection| {
        done.wait();
    };
    serving(script, |address| {
        let post = request(Method::POST, &format!("http://{address}/"));
        let post = post.with_content(vec![b'x'; 32 * 1024 * 1024]).unwrap();
        let (phase, fault, text) = fails(&post, &impatient());
        done.wait();
        assert!(matches!((phase, fault), (Phase::Send, Fault::TimedOut(_))), "{text}");
    });
}

/// The server sends these bytes, and then nothing, but stays.
#[track_caller]
fn stalls(bytes: &[u8], settings: &Settings) -> (Phase, Fault) {
    let done = Barrier::new(2);
    let script = |connection: &mut Connection| {
        connection.send(bytes);
        done.wait();
    };
    serving(script, |address| {
        let result = watch(&get(address), settings).0;
        done.wait();
        let error = result.expect_err("the client gives up");
        (error.phase, error.fault)
    })
}

#[test]
fn a_server_that_falls_silent() {
    let stalled = |bytes: &str| {
        let (phase, fault) = stalls(bytes.as_bytes(), &impatient());
        assert!(matches!(fault, Fault::TimedOut(_)), "{bytes:?}: {fault:?}");
        phase
    };
    assert_eq!(stalled(""), Phase::Wait);
    assert_eq!(stalled("HTTP/1.1 100 Continue\r\n\r\n"), Phase::Wait);
    assert_eq!(stalled("HTTP/1.1 200"), Phase::Receive);
    assert_eq!(stalled("HTTP/1.1 200 OK\r\n\r\nhel"), Phase::Receive);
    assert_eq!(stalled("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), Phase::Receive);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel";
    assert_eq!(stalled(chunked), Phase::Receive);
}

#[test]
fn a_server_that_is_too_slow() {
    let settings = Settings { slowest: 1_000_000, grace: Duration::from_millis(200), ..patient() };
    let (phase, fault) = stalls(b"HTTP/1.1 200 OK\r\n\r\nhel", &settings);
    assert!(matches!((phase, &fault), (Phase::Receive, Fault::TooSlow)), "{fault:?}");
}

/// Content that takes longer than the grace is waited for, if it is not slow.
#[test]
fn a_server_that_takes_its_time() {
    let grace = Duration::from_millis(100);
    let settings = Settings { slowest: 1, grace, ..patient() };
    let script = |connection: &mut Connection| {
        let worth_a_minute = "x".repeat(60);
        connection.send(format!("HTTP/1.1 200 OK\r\n\r\n{worth_a_minute}").as_bytes());
        std::thread::sleep(2 * grace); // nothing but time must pass
        connection.send(b"y");
    };
    serving(script, |address| {
        let (head, seen) = watch(&get(address), &settings);
        head.unwrap();
        assert_eq!(seen.content.len(), 61);
    });
}

#[test]
fn a_server_that_breaks_off_in_the_middle_of_the_request() {
    let script = |connection: &mut Connection| connection.reset();
    serving(script, |address| {
        let post = request(Method::POST, &format!("http://{address}/"));
        let post = post.with_content(vec![b'x'; 32 * 1024 * 1024]).unwrap();
        let (phase, fault, text) = fails(&post, &patient());
        assert!(matches!((phase, fault), (Phase::Send, Fault::Reset)), "{text}");
    });
}

#[test]
fn a_connection_that_is_broken_off() {
    let reset_after = |bytes: &'static [u8]| {
        let script = move |connection: &mut Connection| {
            connection.send(bytes);
            connection.reset();
        };
        serving(script, |address| fails(&get(address), &patient()).0)
    };
    assert_eq!(reset_after(b""), Phase::Wait);
    assert_eq!(reset_after(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), Phase::Receive);
}

#[track_caller]
fn answer(bytes: &str, check: impl FnOnce(Phase, Fault) -> bool) {
    let (phase, fault, text) =
        answering(bytes.as_bytes(), |address| fails(&get(address), &patient()));
    assert!(check(phase, fault), "{bytes:?}: {text}");
}

#[test]
fn an_answer_that_is_cut_short() {
    answer("", |phase, fault| matches!((phase, fault), (Phase::Wait, Fault::NoAnswer)));
    for head in ["HTTP", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nA: b\r\n"] {
        answer(head, |_, fault| matches!(fault, Fault::HeadCutShort));
    }
    answer("HTTP/1.1 100 Continue\r\n\r\n", |_, fault| matches!(fault, Fault::NoAnswer));
    answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", |_, fault| {
        matches!(fault, Fault::ContentCutShort { came: 3, promised: Some(5) })
    });
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (content, length) in [("", 0), ("5\r\nhel", 3), ("5\r\nhello\r\n0\r\n", 5)] {
        answer(
            &format!("{chunked}{content}"),
            |_, fault| matches!(fault, Fault::ContentCutShort { came, promised: None } if came == length),
        );
    }
}

#[test]
fn an_answer_that_is_not_http() {
    for text in ["SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n", "<h1>hello</h1>"] {
        answer(text, |phase, fault| {
            phase == Phase::Receive && matches!(fault, Fault::NotHttp { .. })
        });
    }
    let alert = b"\x15\x03\x01\x00\x02\x02\x46";
    let error = answering(alert, |address| watch(&get(address), &patient()).0).unwrap_err();
    assert!(error.advice().is_some_and(|advice| advice.contains("TLS")), "{error}");
    assert!(error.to_string().contains(r"\x15\x03"), "{error}");
}

#[test]
fn an_answer_that_contradicts_itself() {
    let ok = "HTTP/1.1 200 OK\r\n";
    let both = format!("{ok}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
    answer(&both, |_, fault| matches!(fault, Fault::Framing(FramingError::BothLengths)));
    let two = format!("{ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\n");
    answer(&two, |_, fault| matches!(fault, Fault::Framing(FramingError::SeveralLengths)));
    let chunk = format!("{ok}Transfer-Encoding: chunked\r\n\r\nfive\r\nhello\r\n");
    answer(&chunk, |_, fault| {
        matches!(fault, Fault::Chunked(ChunkedError::Extension | ChunkedError::Size))
    });
    answer(&format!("{ok}A : b\r\n\r\n"), |_, fault| {
        matches!(fault, Fault::Head(HeadError::WhitespaceBeforeColon))
    });
    answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", |_, fault| {
        matches!(fault, Fault::Switched)
    });
}

#[test]
fn an_answer_without_end() {
    let fields = format!("HTTP/1.1 200 OK\r\n{}", "A: b\r\n".repeat(20_000));
    answer(&fields, |_, fault| {
        matches!(fault, Fault::Head(HeadError::FieldsTooLarge | HeadError::TooManyFields))
    });
    let interim = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
    answer(&interim, |_, fault| matches!(fault, Fault::TooManyInterim));
    let settings = Settings { content: 100, ..patient() };
    let chunk = format!("40\r\n{}\r\n", "x".repeat(64));
    for (fields, content) in [
        ("Content-Length: 101\r\n", "x".repeat(101)),
        ("", "x".repeat(101)),
        ("Transfer-Encoding: chunked\r\n", chunk.repeat(2)),
    ] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{fields}\r\n{content}");
        let (_, fault, text) =
            answering(bytes.as_bytes(), |address| fails(&get(address), &settings));
        assert!(matches!(fault, Fault::TooLarge(100)), "{fields:?}: {text}");
    }
}

#[test]
fn an_observer_that_has_seen_enough() {
    answering(b"HTTP/1.1 200 OK\r\n\r\nhello", |address| {
        let mut observer = |event: Event<'_>, _| match event {
            Event::Content(_) => Err(io::Error::other("no room")),
            _ => Ok(()),
        };
        let error = client::exchange(&get(address), &patient(), &mut observer).unwrap_err();
        assert!(matches!(error.fault, Fault::Observer(_)), "{error}");
        assert_eq!(error.phase, Phase::Receive);
    });
}
