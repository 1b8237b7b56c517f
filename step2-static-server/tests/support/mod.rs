//! A server on a free port for one test, and a client that says exactly what
//! it is told to say. Every socket has a deadline.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // each test file uses a part

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::time::Duration;

use http::Method;
use step1_http_basics::framing::{self, Framing};
use step1_http_basics::limits::Limits;
use step1_http_basics::parse::{self, ResponseHead};
use step2_static_server::static_files::{Options, StaticFiles};

pub const DEADLINE: Duration = Duration::from_secs(10);

/// Serves `root` while `test` runs.
pub fn serve(root: &Path, capacity: usize, limits: Limits, test: impl FnOnce(&Server)) {
    serve_with(root, Options::default(), capacity, limits, test);
}

/// The same, with options.
pub fn serve_with(
    root: &Path,
    options: Options,
    capacity: usize,
    limits: Limits,
    test: impl FnOnce(&Server),
) {
    run(&StaticFiles::open(root).unwrap().with(options), capacity, limits, test);
}

// `Server` and `run`: a step with a dispatch of its own runs these tests too, on
// that one.
include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spine/of_step2_tests.rs"));

/// Serves `root` and answers the requests of `test` one by one.
pub fn ask(root: &Path, test: impl FnOnce(&mut dyn FnMut(&str) -> Response)) {
    ask_with(root, Options::default(), test);
}

/// The same, with options.
pub fn ask_with(
    root: &Path,
    options: Options,
    test: impl FnOnce(&mut dyn FnMut(&str) -> Response),
) {
    serve_with(root, options, 64, Limits::default(), |server| {
        test(&mut |request| Client::connect(server).exchange(request));
    });
}

pub struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
}

#[derive(Debug)]
pub struct Response {
    pub head: ResponseHead,
    pub content: Vec<u8>,
}

impl Response {
    pub fn status(&self) -> u16 {
        self.head.status.as_u16()
    }

    pub fn field(&self, name: &str) -> &str {
        self.head.fields.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.content).unwrap()
    }
}

impl Client {
    pub fn connect(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        Client { stream, unread: Vec::new() }
    }

    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap();
    }

    /// Ends the client's side.
    pub fn finish(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Sends a method and a target, then field lines, each on a line of its
    /// own, then, after an empty line, content; and reads the response.
    pub fn exchange(&mut self, request: &str) -> Response {
        let (head, content) = request.split_once("\n\n").unwrap_or((request, ""));
        let (line, fields) = head.split_once('\n').unwrap_or((head, ""));
        let fields: String = fields.lines().map(|field| format!("{field}\r\n")).collect();
        let length = if content.is_empty() {
            String::new()
        } else {
            format!("Content-Length: {}\r\n", content.len())
        };
        self.send(format!("{line} HTTP/1.1\r\nHost: test\r\n{fields}{length}\r\n{content}"));
        self.response(&Method::from_bytes(line.split(' ').next().unwrap().as_bytes()).unwrap())
    }

    /// Reads one response to a request with this method.
    pub fn response(&mut self, method: &Method) -> Response {
        let head = loop {
            if let Some((head, length)) =
                parse::response_head(&self.unread, &Limits::default()).unwrap()
            {
                self.unread.drain(..length);
                break head;
            }
            assert_ne!(
                self.fill(),
                0,
                "the server closed within a head: {:?}",
                String::from_utf8_lossy(&self.unread)
            );
        };
        let content =
            match framing::of_response(method, head.status, head.version, &head.fields).unwrap() {
                Framing::Length(length) => self.read_exactly(usize::try_from(length).unwrap()),
                Framing::None => Vec::new(),
                other => panic!("a file is never sent as {other:?}"),
            };
        Response { head, content }
    }

    /// Whether the server has closed, with nothing more to say.
    pub fn is_closed(&mut self) -> bool {
        self.unread.is_empty() && self.fill() == 0
    }

    fn read_exactly(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length {
            assert_ne!(
                self.fill(),
                0,
                "the server closed after {} of {length} bytes",
                self.unread.len()
            );
        }
        self.unread.drain(..length).collect()
    }

    fn fill(&mut self) -> usize {
        let mut piece = vec![0; 64 * 1024];
        loop {
            match self.stream.read(&mut piece) {
                Ok(length) => {
                    self.unread.extend_from_slice(&piece[..length]);
                    return length;
                }
                // A stop of this process ends a read that has a timeout.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => panic!("the connection broke: {error}"),
            }
        }
    }
}
