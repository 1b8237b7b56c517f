//! A site that is served while a test uses it, and a client that says little.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use step1_http_basics::connection::Service;
use step1_http_basics::handler::Handler;
use step1_http_basics::limits::Limits;
use step1_http_basics::serve::Server;
use step2_static_server::dispatch;
use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend::Options;
use step3_cgi::site::Where;

// Who waits for an application: in the crate whose tests these are. A crate with
// a spine of its own runs these tests too, on that one.
include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spine/of_step3_tests.rs"));

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) content: Vec<u8>,
}

impl Response {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.content).expect("text")
    }
}

/// Serves `handler` on threads while `use_it` runs.
pub(crate) fn serving<T>(handler: &dyn Handler, use_it: impl FnOnce(SocketAddr) -> T) -> T {
    let server = Server::bind("127.0.0.1:0", 100, Duration::from_secs(5)).expect("a port");
    let service = Service::new(handler, Limits::default());
    struct Stop<'s>(&'s Server);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.stop();
        }
    }
    thread::scope(|scope| {
        scope.spawn(|| dispatch::thread_per_connection(&server, &service));
        let _stop = Stop(&server);
        use_it(server.address())
    })
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(super::PATIENCE)).expect("a timeout");
    stream.set_write_timeout(Some(super::PATIENCE)).expect("a timeout");
    stream
}

/// Sends a request of HTTP/1.0, so that the content comes without chunks.
pub(crate) fn ask(address: SocketAddr, line: &str, fields: &str, content: &[u8]) -> Response {
    let mut stream = connect(address);
    let length = match content.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    let head = format!("{line} HTTP/1.0\r\nHost: localhost\r\n{length}{fields}\r\n");
    stream.write_all(head.as_bytes()).expect("the server reads");
    thread::scope(|scope| {
        let mut writes = stream.try_clone().expect("a descriptor");
        scope.spawn(move || {
            // A server that refuses content may close before it has come.
            let _ = writes.write_all(content);
        });
        let mut all = Vec::new();
        let ended = stream.read_to_end(&mut all);
        assert!(ended.is_ok() || !all.is_empty(), "{ended:?}");
        parse(&all)
    })
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Response {
    ask(address, &format!("GET {path}"), "", b"")
}

pub(crate) fn parse(all: &[u8]) -> Response {
    let end = all.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(all[..end].to_vec()).expect("ASCII");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status code");
    Response { status, head, content: all[end + 4..].to_vec() }
}
