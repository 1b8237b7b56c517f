//! What clients send that no client should send, against every server of the book.
//!
//! Promise 3. *Strategy*: each [`Item`] does one bad thing and says what came back. Any answer will
//! do, and none. But after each item the server must still be there, must not have panicked, must
//! answer a plain GET in time, and must not have handed out the file beside its root. What a server
//! may fail at stands in [`ALLOWED`], with the weakness that says so; that table is exact: what is
//! allowed and does not happen is an error too.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::talk::{self, Answer, Connection, End};
use crate::target::{Complaint, SECRET, Step, Target};

/// How long an item waits for an answer; a server may well have more patience than this.
const PATIENCE: Duration = Duration::from_secs(3);

/// One bad thing.
pub struct Item {
    /// Its name.
    pub name: &'static str,
    /// Does it, and gives what came back.
    pub send: fn(SocketAddr) -> io::Result<Answer>,
}

/// How a server failed at an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It handed out what lies beside its root.
    Leaked,
    /// A thread of it panicked.
    Panicked,
    /// It is gone.
    Died,
    /// A plain GET got no answer afterwards.
    Hung,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leaked => "LEAKED",
            Self::Panicked => "PANICKED",
            Self::Died => "DIED",
            Self::Hung => "HUNG",
        })
    }
}

/// A failure that the book admits: the step, the item, how it fails, and the weakness that says so.
pub type Admission = (Step, &'static str, Failure, &'static str);

/// All failures that the book admits.
pub const ALLOWED: &[Admission] = &[
    (Step::Naive, "/../secret.txt", Failure::Leaked, "naive-leaves-the-root"),
    (Step::Naive, "/../www-sibling/secret.txt", Failure::Leaked, "naive-leaves-the-root"),
    (Step::Naive, "-sibling/secret.txt", Failure::Leaked, "naive-sibling"),
];

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

/// What one server did with one item.
#[derive(Clone, Debug)]
pub struct Row {
    /// The item's name.
    pub item: &'static str,
    /// What came back, in words.
    pub answer: String,
    /// How it failed, if it did.
    pub failure: Option<Failure>,
}

/// Throws the whole set at the server of `step`, which is started anew when it has died.
///
/// # Errors
/// When the server cannot be started.
pub fn run(step: Step, executable: &Path) -> Result<Vec<Row>, String> {
    let mut target = Target::start(step, executable)?;
    let mut rows = Vec::new();
    for item in ITEMS {
        let result = (item.send)(target.address());
        let (answer, leaked) = match &result {
            Ok(answer) => (answer.in_words(), answer.body_holds(SECRET)),
            Err(error) => (error.to_string(), false),
        };
        let failure = if leaked { Some(Failure::Leaked) } else { health(&mut target) };
        if matches!(failure, Some(Failure::Died | Failure::Hung | Failure::Panicked)) {
            target = Target::start(step, executable)?;
        }
        rows.push(Row { item: item.name, answer, failure });
    }
    Ok(rows)
}

/// Throws the set at all `servers` at the same time.
///
/// # Errors
/// When a server cannot be started.
pub fn run_all(servers: &[(Step, PathBuf)]) -> Result<Vec<(Step, Vec<Row>)>, String> {
    thread::scope(|scope| {
        let run_one = |(step, program): &'_ (Step, PathBuf)| (*step, run(*step, program));
        let running: Vec<_> =
            servers.iter().map(|server| scope.spawn(move || run_one(server))).collect();
        let columns = running.into_iter().map(|thread| {
            let (step, rows) = thread.join().map_err(|_| "an item of the set panicked")?;
            Ok((step, rows?))
        });
        columns.collect()
    })
}

/// How the server fails at a plain GET, now.
fn health(target: &mut Target) -> Option<Failure> {
    let is_answered =
        matches!(target.get("/probe.html"), Ok(answer) if answer.status() == Some(200));
    match target.complaint() {
        None if is_answered => None,
        // A process that is about to end refuses connections a moment before it is gone.
        None if target.has_ended_within(PATIENCE) => Some(Failure::Died),
        None => Some(Failure::Hung),
        Some(Complaint::Died) => Some(Failure::Died),
        Some(Complaint::Panicked) => Some(Failure::Panicked),
    }
}

/// What is not as [`ALLOWED`] has it.
#[must_use]
pub fn problems(step: Step, rows: &[Row], allowed: &[Admission]) -> Vec<String> {
    let allowed = |item: &str| allowed.iter().find(|(at, name, ..)| *at == step && *name == item);
    let problem = |row: &Row| match (&row.failure, allowed(row.item)) {
        (None, None) => None,
        (Some(failure), Some((.., expected, _))) if failure == expected => None,
        (None, Some((.., expected, id))) => {
            Some(format!("does not fail ({expected}): take it off ALLOWED ({id})"))
        }
        (Some(failure), _) => Some(format!("{failure} ({})", row.answer)),
    };
    rows.iter()
        .filter_map(|row| Some(format!("{}: {}: {}", step.in_words(), row.item, problem(row)?)))
        .collect()
}

/// The table of what each server answered.
#[must_use]
pub fn table(columns: &[(Step, Vec<Row>)]) -> String {
    let cell = |row: &Row| match &row.failure {
        Some(failure) => format!("{}, {failure}", row.answer),
        None => row.answer.clone(),
    };
    let line = |name: &str, cells: &[String]| {
        let cells: String = cells.iter().map(|cell| format!(" | {cell:<24}")).collect();
        format!("{name:<40}{cells}").trim_end().to_owned() + "\n"
    };
    let heads: Vec<String> = columns.iter().map(|(step, _)| step.in_words()).collect();
    let mut table = line("sent", &heads);
    for (index, item) in ITEMS.iter().enumerate() {
        let cells: Vec<String> =
            columns.iter().filter_map(|(_, rows)| rows.get(index)).map(cell).collect();
        table.push_str(&line(item.name, &cells));
    }
    table
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(failure: Option<Failure>) -> Row {
        Row { item: "HEAD", answer: "200, closed".to_owned(), failure }
    }

    #[track_caller]
    fn check(failure: Option<Failure>, allowed: &[Admission], expected: &str) {
        assert_eq!(problems(Step::Two, &[row(failure)], allowed).join("\n"), expected);
    }

    #[test]
    fn the_table_of_admissions_is_exact() {
        let admitted = [(Step::Two, "HEAD", Failure::Died, "id")];
        let of_another = [(Step::One, "HEAD", Failure::Died, "id")];
        check(None, &[], "");
        check(Some(Failure::Died), &admitted, "");
        check(Some(Failure::Died), &[], "step 2: HEAD: DIED (200, closed)");
        check(Some(Failure::Died), &of_another, "step 2: HEAD: DIED (200, closed)");
        check(Some(Failure::Hung), &admitted, "step 2: HEAD: HUNG (200, closed)");
        check(None, &admitted, "step 2: HEAD: does not fail (DIED): take it off ALLOWED (id)");
    }
}
