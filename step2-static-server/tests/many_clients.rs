//! No client keeps another one waiting, and their number is bounded.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use http::Method;
use step1_http_basics::limits::Limits;
use support::{Client, serve};

fn site() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("index.html"), "home").unwrap();
    fs::write(root.path().join("large"), vec![b'x'; 20_000_000]).unwrap();
    root
}

#[test]
fn a_silent_client_and_a_slow_one_keep_nobody_waiting() {
    let root = site();
    serve(root.path(), 64, Limits::default(), |server| {
        let silent = Client::connect(server);
        let mut slow = Client::connect(server);
        slow.send("GET / HTTP/1.1\r\nHos");
        let mut reader = Client::connect(server);
        reader.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        let began = Instant::now();
        assert_eq!(Client::connect(server).exchange("GET /").text(), "home");
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        slow.send("t: a\r\n\r\n");
        assert_eq!(slow.response(&Method::GET).text(), "home");
        drop(silent);
    });
}

#[test]
fn a_full_server_closes_the_connection_that_waited_longest() {
    let root = site();
    serve(root.path(), 3, Limits::default(), |server| {
        // Accepted in this order, they have waited in this order.
        let [mut first, mut second, mut third] = [(); 3].map(|()| Client::connect(server));
        let mut fourth = Client::connect(server);
        assert_eq!(fourth.exchange("GET /").text(), "home");
        assert!(first.is_closed());
        for client in [&mut second, &mut third, &mut fourth] {
            assert_eq!(client.exchange("GET /").text(), "home");
        }
    });
}

#[test]
fn a_hundred_silent_connections_do_not_lock_a_small_server() {
    let root = site();
    serve(root.path(), 8, Limits::default(), |server| {
        let silent: Vec<_> = (0..100).map(|_| Client::connect(server)).collect();
        assert_eq!(Client::connect(server).exchange("GET /").text(), "home");
        drop(silent);
    });
}

#[test]
fn requests_on_one_connection_are_answered_in_order() {
    let root = site();
    serve(root.path(), 4, Limits::default(), |server| {
        let mut client = Client::connect(server);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /large HTTP/1.1\r\nHost: a\r\n\r\nGET /missing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assert_eq!(client.response(&Method::GET).text(), "home");
        assert_eq!(client.response(&Method::HEAD).field("content-length"), "20000000");
        assert_eq!(client.response(&Method::GET).status(), 404);
        assert!(client.is_closed());
    });
}

#[test]
fn a_stop_finishes_what_is_in_flight_and_closes_what_waits() {
    let root = site();
    serve(root.path(), 8, Limits::default(), |server| {
        let mut idle = Client::connect(server);
        assert_eq!(idle.exchange("GET /").text(), "home");
        let mut reader = Client::connect(server);
        reader.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        let mut start = [0; 1];
        reader.stream().read_exact(&mut start).unwrap(); // the download has begun
        server.stop();
        assert!(idle.is_closed());
        let mut rest = Vec::new();
        reader.stream().read_to_end(&mut rest).unwrap();
        assert!(rest.len() > 20_000_000, "{} bytes", rest.len());
    });
}

#[test]
fn a_file_that_shrinks_ends_the_connection_and_never_lies() {
    let root = site();
    serve(root.path(), 8, Limits::default(), |server| {
        let mut reader = Client::connect(server);
        reader.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        let mut start = [0; 1000];
        reader.stream().read_exact(&mut start).unwrap();
        fs::File::options()
            .write(true)
            .open(root.path().join("large"))
            .unwrap()
            .set_len(10_000)
            .unwrap();
        let mut rest = Vec::new();
        let ended = reader.stream().read_to_end(&mut rest);
        assert!(rest.len() < 20_000_000, "all {} bytes came: {ended:?}", rest.len());
        assert_eq!(Client::connect(server).exchange("GET /").text(), "home");
    });
}

#[test]
fn clients_that_reset_are_survived() {
    let root = site();
    serve(root.path(), 8, Limits::default(), |server| {
        for request in ["", "GET / HT", "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"] {
            for _ in 0..20 {
                let client = Client::connect(server);
                socket2::SockRef::from(client.stream()).set_linger(Some(Duration::ZERO)).unwrap();
                let _ = client.stream().write_all(request.as_bytes());
            }
        }
        assert_eq!(Client::connect(server).exchange("GET /").text(), "home");
    });
}

#[test]
fn empty_lines_do_not_stop_the_clock() {
    let root = site();
    let limits = Limits { head_deadline: Duration::from_millis(300), ..Limits::default() };
    serve(root.path(), 8, limits, |server| {
        let mut client = Client::connect(server);
        let began = Instant::now();
        client.send("\r");
        // A line end that is always half there, for as long as the server listens.
        while began.elapsed() < Duration::from_secs(10) {
            if client.stream().write_all(b"\n\r").is_err() {
                break;
            }
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    });
}
