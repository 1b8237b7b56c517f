//! However a request is cut into pieces on its way, the answer is the same.
//! Random requests, cut at random places; the seed is printed with a failure.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]

#[path = "../../step1-http-basics/tests/support/client.rs"]
#[allow(dead_code)]
mod client;
#[path = "../../step1-http-basics/tests/support/random.rs"]
#[allow(dead_code)]
mod random;
mod support;

use std::io::Read;

use client::{Answer, Client};
use random::{Random, for_seeds};
use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
use step5_wsgi_server::server::Options;
use support::serving;

/// Says what it was asked.
fn echo(mut environ: Environ, start_response: StartResponse) -> Result<Body> {
    let mut said = Vec::new();
    for name in ["REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_X", "CONTENT_LENGTH"] {
        said.extend_from_slice(environ.get_or_empty(name).as_bytes());
        said.push(b'\n');
    }
    environ.wsgi.input.read_to_end(&mut said)?;
    start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
    Ok([said].into())
}

/// A number below `end`.
fn number(random: &mut Random, end: usize) -> usize {
    random.number(0..=end - 1)
}

/// One to three requests behind one another, the last of which may be wrong.
fn requests(random: &mut Random) -> Vec<u8> {
    let mut all = Vec::new();
    for _ in 0..=number(random, 2) {
        all.extend(request(random));
    }
    if number(random, 4) == 0 {
        let wrong: [&[u8]; 4] = [
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\nHost: a\n\n",
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        ];
        all.extend(wrong[number(random, 4)]);
    }
    all
}

fn request(random: &mut Random) -> Vec<u8> {
    let path = "abc/%41".repeat(number(random, 4));
    let field = "v".repeat(number(random, 300));
    let content = random.bytes(0..=20_000);
    let start = format!("/{path}?q={} HTTP/1.1\r\nHost: a\r\nX: {field}\r\n", number(random, 100));
    match number(random, 3) {
        0 => format!("GET {start}\r\n").into_bytes(),
        1 => {
            let mut bytes =
                format!("PUT {start}Content-Length: {}\r\n\r\n", content.len()).into_bytes();
            bytes.extend(&content);
            bytes
        }
        _ => {
            let mut bytes = format!("POST {start}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
            let mut rest = &content[..];
            while !rest.is_empty() {
                let (chunk, after) = rest.split_at(1 + number(random, rest.len()));
                bytes.extend(format!("{:x};x=y\r\n", chunk.len()).into_bytes());
                bytes.extend(chunk);
                bytes.extend(b"\r\n");
                rest = after;
            }
            bytes.extend(b"0\r\nT: 1\r\n\r\n");
            bytes
        }
    }
}

/// Status and content of all answers, until the server closes.
fn answers(client: &mut Client) -> Vec<(u16, Vec<u8>)> {
    client.finish();
    std::iter::from_fn(|| client.next("GET"))
        .map(|Answer { status, content, .. }| (status, content))
        .collect()
}

#[test]
fn the_answer_does_not_depend_on_the_cuts() {
    for threads in [1, 3] {
        serving(echo, Options { threads, ..Options::default() }, |address| {
            for_seeds(&[], 60, |random| {
                let bytes = requests(random);
                let mut whole = Client::connect(address);
                whole.send(&bytes);
                let expected = answers(&mut whole);
                let mut cut = Client::connect(address);
                for piece in random.cut(&bytes) {
                    // After a refusal the rest may not be taken.
                    if !cut.try_send(piece) {
                        break;
                    }
                }
                assert!(answers(&mut cut) == expected, "other answers");
            });
        });
    }
}
