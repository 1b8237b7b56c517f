//! The hostile set itself: one bad thing an item.
//!
//! *Strategy*: an item is a name and a function that does it. What a proper client would never send
//! is written out as bytes; no HTTP library stands between.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use crate::talk::{self, Answer, Connection, End};

/// How long an item waits for an answer; a server may well have more patience than this.
const PATIENCE: Duration = Duration::from_secs(3);

/// One bad thing.
pub struct Item {
    /// Its name.
    pub name: &'static str,
    /// Does it, and gives what came back.
    pub send: fn(SocketAddr) -> io::Result<Answer>,
}

/// The set.
pub const ITEMS: &[Item] = &[
    Item { name: "a connection that is closed at once", send: |to| send_and_leave(to, b"") },
    Item { name: "a connection that says nothing", send: |to| send_and_end(to, b"") },
    Item { name: "a hundred connections that say nothing", send: a_hundred_silent },
    Item { name: "a connection that is reset at once", send: |to| send_and_reset(to, b"") },
    Item {
        name: "half a request, then gone",
        send: |to| send_and_leave(to, b"GET /probe.html HT"),
    },
    Item {
        name: "half a request, then no more",
        send: |to| send_and_end(to, b"GET /probe.html HTTP/1.1\r\nHo"),
    },
    Item { name: "one byte at a time", send: one_byte_at_a_time },
    Item {
        name: "a request, then half-closed",
        send: |to| send_and_end(to, &get(to, "/probe.html")),
    },
    Item { name: "a request, then reset", send: |to| send_and_reset(to, &get(to, "/probe.html")) },
    Item { name: "a large file, reset while it comes", send: reset_while_receiving },
    Item { name: "a large file, read late", send: read_late },
    Item { name: "?query", send: |to| talk::ask(to, &get(to, "/probe.html?a=b&c")) },
    Item { name: "HEAD", send: |to| talk::ask(to, &talk::request("HEAD", "/probe.html", to)) },
    Item { name: "POST", send: |to| with_fields(to, "POST", "Content-Length: 5\r\n", "a=b&c") },
    Item {
        name: "POST without the body it promises",
        send: |to| with_fields(to, "POST", "Content-Length: 50\r\n", "a"),
    },
    Item {
        name: "Expect: 100-continue",
        send: |to| with_fields(to, "POST", "Expect: 100-continue\r\nContent-Length: 1\r\n", ""),
    },
    Item {
        name: "a method of 10,000 letters",
        send: |to| talk::ask(to, &talk::request(&"M".repeat(10_000), "/", to)),
    },
    Item {
        name: "CONNECT",
        send: |to| talk::ask(to, &talk::request("CONNECT", "example.org:443", to)),
    },
    Item { name: "OPTIONS *", send: |to| talk::ask(to, &talk::request("OPTIONS", "*", to)) },
    Item { name: "/../secret.txt", send: |to| talk::ask(to, &get(to, "/../secret.txt")) },
    Item { name: "/%2e%2e/secret.txt", send: |to| talk::ask(to, &get(to, "/%2e%2e/secret.txt")) },
    Item { name: "/..%2fsecret.txt", send: |to| talk::ask(to, &get(to, "/..%2fsecret.txt")) },
    Item {
        name: "/%2e%2e/../../secret.txt",
        send: |to| talk::ask(to, &get(to, "/%2e%2e/../../secret.txt")),
    },
    Item {
        name: "/../www-sibling/secret.txt",
        send: |to| talk::ask(to, &get(to, "/../www-sibling/secret.txt")),
    },
    Item { name: "-sibling/secret.txt", send: |to| talk::ask(to, &get(to, "-sibling/secret.txt")) },
    Item { name: "/..\\secret.txt", send: |to| talk::ask(to, &get(to, "/..\\secret.txt")) },
    Item { name: "//example.org/", send: |to| talk::ask(to, &get(to, "//example.org/")) },
    Item { name: "http://example.org/", send: |to| talk::ask(to, &get(to, "http://example.org/")) },
    Item { name: "a folder", send: |to| talk::ask(to, &get(to, "/cgi-bin")) },
    Item {
        name: "a path of 1,000 folders",
        send: |to| talk::ask(to, &get(to, &"/a".repeat(1000))),
    },
    Item { name: "/%", send: |to| talk::ask(to, &get(to, "/%")) },
    Item { name: "/%00", send: |to| talk::ask(to, &get(to, "/probe.html%00.png")) },
    Item { name: "/%ff", send: |to| talk::ask(to, &get(to, "/%ff%fe")) },
    Item { name: "a binary file", send: |to| talk::ask(to, &get(to, "/every-byte.bin")) },
    Item {
        name: "a target of 1 MiB",
        send: |to| talk::ask(to, &get(to, &format!("/{}", "a".repeat(1 << 20)))),
    },
    Item {
        name: "a field of 1 MiB",
        send: |to| with_fields(to, "GET", &format!("A: {}\r\n", "a".repeat(1 << 20)), ""),
    },
    Item { name: "5,000 fields", send: |to| with_fields(to, "GET", &"A: a\r\n".repeat(5000), "") },
    Item { name: "a NUL in the target", send: |to| talk::ask(to, &get(to, "/probe\0.html")) },
    Item { name: "a NUL in a field", send: |to| with_fields(to, "GET", "A: a\0b\r\n", "") },
    Item { name: "garbage", send: |to| send_and_end(to, &garbage()) },
    Item { name: "a TLS ClientHello", send: |to| send_and_end(to, CLIENT_HELLO) },
    Item {
        name: "HTTP/2",
        send: |to| send_and_end(to, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
    },
    Item { name: "HTTP/0.9", send: |to| send_and_end(to, b"GET /probe.html\r\n") },
    Item { name: "empty lines alone", send: |to| send_and_end(to, &b"\r\n".repeat(10_000)) },
    Item { name: "bare LF", send: |to| send_and_end(to, b"GET /probe.html HTTP/1.1\nHost: a\n\n") },
    Item { name: "no Host", send: |to| send_and_end(to, b"GET /probe.html HTTP/1.1\r\n\r\n") },
    Item { name: "three requests at once", send: three_at_once },
    Item {
        name: "both lengths",
        send: |to| {
            with_fields(
                to,
                "POST",
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            )
        },
    },
    Item {
        name: "two lengths",
        send: |to| with_fields(to, "POST", "Content-Length: 1\r\nContent-Length: 2\r\n", "ab"),
    },
    Item {
        name: "a negative length",
        send: |to| with_fields(to, "POST", "Content-Length: -1\r\n", "a"),
    },
    Item {
        name: "a length of 30 digits",
        send: |to| with_fields(to, "POST", &format!("Content-Length: {}\r\n", "9".repeat(30)), "a"),
    },
    Item {
        name: "a chunk of 2^64 bytes",
        send: |to| {
            with_fields(to, "POST", "Transfer-Encoding: chunked\r\n", "10000000000000000\r\na\r\n")
        },
    },
    Item {
        name: "a chunk size that is no number",
        send: |to| {
            with_fields(to, "POST", "Transfer-Encoding: chunked\r\n", "-1\r\na\r\n0\r\n\r\n")
        },
    },
];

fn get(to: SocketAddr, target: &str) -> Vec<u8> {
    talk::request("GET", target, to)
}

fn with_fields(to: SocketAddr, method: &str, fields: &str, body: &str) -> io::Result<Answer> {
    let head =
        format!("{method} /probe.html HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n{fields}\r\n");
    send_and_end(to, [head, body.to_owned()].concat().as_bytes())
}

/// Sends `bytes`, says that there is no more, and waits for what comes.
fn send_and_end(to: SocketAddr, bytes: &[u8]) -> io::Result<Answer> {
    let mut connection = Connection::open(to)?;
    connection.send(bytes);
    connection.end_sending();
    Ok(connection.receive(PATIENCE))
}

fn send_and_leave(to: SocketAddr, bytes: &[u8]) -> io::Result<Answer> {
    Connection::open(to)?.send(bytes);
    Ok(Answer::not_awaited())
}

fn send_and_reset(to: SocketAddr, bytes: &[u8]) -> io::Result<Answer> {
    let mut connection = Connection::open(to)?;
    connection.send(bytes);
    connection.reset()?;
    Ok(Answer::not_awaited())
}

fn a_hundred_silent(to: SocketAddr) -> io::Result<Answer> {
    let silent: io::Result<Vec<Connection>> = (0..100).map(|_| Connection::open(to)).collect();
    drop(silent?);
    Ok(Answer::not_awaited())
}

/// A request whose bytes come one by one: the pauses are the point.
fn one_byte_at_a_time(to: SocketAddr) -> io::Result<Answer> {
    let mut connection = Connection::open(to)?;
    for byte in get(to, "/probe.html") {
        connection.send(&[byte]);
        thread::sleep(Duration::from_millis(10));
    }
    Ok(connection.receive(PATIENCE))
}

fn reset_while_receiving(to: SocketAddr) -> io::Result<Answer> {
    let mut connection = Connection::open(to)?;
    connection.send(&get(to, "/large.bin"));
    let answer = connection.receive_head();
    connection.reset()?;
    Ok(Answer { end: End::NotAwaited, ..answer })
}

/// The answer fills every buffer on the way before the first byte of it is read.
fn read_late(to: SocketAddr) -> io::Result<Answer> {
    let mut connection = Connection::open(to)?;
    connection.send(&get(to, "/large.bin"));
    thread::sleep(Duration::from_millis(300));
    Ok(connection.receive(PATIENCE))
}

fn three_at_once(to: SocketAddr) -> io::Result<Answer> {
    let kept = format!("GET /probe.html HTTP/1.1\r\nHost: {to}\r\n\r\n");
    talk::ask(to, &[kept.as_bytes(), kept.as_bytes(), &get(to, "/probe.html")].concat())
}

/// 4 KiB from a linear congruential generator: the same each time.
fn garbage() -> Vec<u8> {
    let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    std::iter::successors(Some(2026), next).take(4096).map(|state| state.to_be_bytes()[0]).collect()
}

/// The beginning of what a browser says when it is given `https:` by mistake.
const CLIENT_HELLO: &[u8] = b"\x16\x03\x01\x00\x45\x01\x00\x00\x41\x03\x03\
    0123456789abcdef0123456789abcdef\x00\x00\x04\x13\x01\x13\x02\x01\x00\x00\x14\
    \x00\x2b\x00\x03\x02\x03\x04\x00\x0a\x00\x04\x00\x02\x00\x1d\x00\x0d\x00\x00";
