//! However much one client sends, asks or takes: the others have their turn.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]

#[path = "../../step1-http-basics/tests/support/client.rs"]
#[allow(dead_code)]
mod client;
mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use client::Client;
use step1_http_basics::limits::{Limits, Pace};
use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
use step5_wsgi_server::server::Options;
use support::serving;

/// More than a socket takes at once.
const LARGE: usize = 16 * 1024 * 1024;

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
    Ok(match environ.get_or_empty("PATH_INFO").to_string().as_str() {
        "/slow" => Body::iterator((0..80).map(|_| {
            thread::sleep(Duration::from_millis(10));
            Ok(vec![b'x'; 10])
        })),
        "/slow-then-large" => Body::iterator((0..=20).map(|nth| {
            thread::sleep(Duration::from_millis(100));
            Ok(vec![b'x'; if nth < 20 { 10 } else { LARGE }])
        })),
        "/endless" => Body::iterator(std::iter::repeat_with(|| Ok(vec![b'x'; 10]))),
        _ => [b"done".as_slice()].into(),
    })
}

/// One client begins like this and keeps the loop busy in this way; another asks
/// fifty times.
fn beside(begin: &str, busy: impl FnOnce(TcpStream) + Send) {
    serving(application, Options::default(), |address: SocketAddr| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
        let end = stream.try_clone().unwrap();
        stream.write_all(begin.as_bytes()).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| busy(stream));
            let mut client = Client::connect(address);
            for _ in 0..50 {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assert_eq!(client.answer().text(), "done");
            }
            end.shutdown(Shutdown::Both).unwrap();
        });
    });
}

/// What is measured is how the client reads, not how the application makes.
#[test]
fn an_answer_that_is_slow_to_be_made_is_not_cut_off_for_its_reader() {
    let short = Duration::from_millis(200);
    let pace = Pace { stall: short, grace: short, bytes_per_second: 1_000_000_000 };
    let limits = Limits { pace, ..Limits::default() };
    serving(application, Options { limits, ..Options::default() }, |address| {
        let mut client = Client::connect(address);
        client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.answer().text().len(), 800);
    });
}

#[test]
fn nor_is_one_that_is_large_after_a_long_while() {
    let pace =
        Pace { grace: Duration::from_secs(2), bytes_per_second: 1_000_000_000, ..Pace::default() };
    let limits = Limits { pace, ..Limits::default() };
    for threads in [1, 2] {
        let options = Options { threads, limits: limits.clone(), ..Options::default() };
        serving(application, options, |address| {
            let mut client = Client::connect(address);
            client.send("GET /slow-then-large HTTP/1.1\r\nHost: a\r\n\r\n");
            assert_eq!(client.answer().text().len(), 200 + LARGE, "with {threads} threads");
        });
    }
}

#[test]
fn an_endless_answer_that_is_read_as_fast_as_it_is_made() {
    beside("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n", |mut stream| {
        let mut piece = vec![0; 1024 * 1024];
        while stream.read(&mut piece).is_ok_and(|length| length > 0) {}
    });
}

#[test]
fn content_that_comes_as_fast_as_it_is_taken() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n";
    beside(head, |mut stream| {
        let piece = vec![b'x'; 1024 * 1024];
        // Not all of it: the disk has other uses.
        for _ in 0..64 {
            if stream.write_all(&piece).is_err() {
                return;
            }
        }
    });
}

#[test]
fn requests_behind_one_another_without_end() {
    const ASK: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    beside(ASK, |mut stream| {
        let Ok(mut answers) = stream.try_clone() else { return };
        let requests = ASK.repeat(10_000);
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut piece = vec![0; 1024 * 1024];
                while answers.read(&mut piece).is_ok_and(|length| length > 0) {}
            });
            while stream.write_all(requests.as_bytes()).is_ok() {}
        });
    });
}
