//! A thousand connections that are slow on purpose keep nobody from an answer.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod support;

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit, setrlimit};
use step1_http_basics::limits::Limits;
use step2_static_server::static_files::Options;
use support::{Client, serve_with};

/// Opens a thousand connections that each send `request` and then nothing, and
/// read nothing; meanwhile a normal client must be answered.
fn besiege(request: &str) {
    allow_many_descriptors();
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("index.html"), "home").unwrap();
    fs::write(root.path().join("large"), vec![b'x'; 10_000_000]).unwrap();
    let options = Options { list: false, write: true };
    serve_with(root.path(), options, 100, Limits::default(), |server| {
        let mut slow = Vec::new();
        for count in 0..1000 {
            let client = Client::connect(server);
            // The server may have ended it already, to make room.
            let _ = client.stream().write_all(request.as_bytes());
            slow.push(client);
            if count % 250 == 249 {
                let began = Instant::now();
                assert_eq!(Client::connect(server).exchange("GET /").text(), "home");
                assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
            }
        }
    });
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2, "no temporary file is left");
}

fn allow_many_descriptors() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum.map(|most| most.min(8192)).or(Some(8192));
    setrlimit(Resource::Nofile, limit).unwrap();
}

#[test]
fn a_thousand_silent_connections() {
    besiege("");
}

#[test]
fn a_thousand_half_heads() {
    besiege("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ");
}

#[test]
fn a_thousand_half_contents() {
    besiege("PUT /new HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf");
}

#[test]
fn a_thousand_that_do_not_read() {
    besiege("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
}
