//! Applications that keep the contract of PEP 3333, and, one a file, those that
//! do not: whatever they do, the client is not deceived, and the server serves
//! the next request. Each runs in place and in a pool.
#![allow(clippy::unwrap_used)]
#![allow(clippy::needless_pass_by_value)] // the form of an application

#[path = "../../../step1-http-basics/tests/support/client.rs"]
#[allow(dead_code)]
mod client;

#[path = "../support/mod.rs"]
mod support;

mod answers_connect;
mod breaks_after_the_first_byte;
mod content_length_too_long;
mod content_length_too_short;
mod fails_before_the_first_byte;
mod hop_by_hop;
mod never_starts;
mod not_closed_by_itself;
mod panics;
mod starts_late;
mod starts_twice;
mod well_behaved;
mod writes;

use std::net::SocketAddr;

use client::Client;
use step4_wsgi_interface::Application;
use step5_wsgi_server::server::Options;
use support::serving;

const ASK: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Serves an application in place, then in a pool.
fn each_way<A>(application: A, test: impl Fn(SocketAddr))
where
    A: Application + Clone + Send + Sync,
{
    for threads in [1, 3] {
        serving(application.clone(), Options { threads, ..Options::default() }, &test);
    }
}

/// One answer on a connection of its own.
fn ask(address: SocketAddr, request: &str) -> client::Answer {
    let mut client = Client::connect(address);
    client.send(request);
    client.answer_to(request.split(' ').next().unwrap())
}

/// What was cut off: the bytes until the end, however that came.
fn until_cut(address: SocketAddr, request: &str) -> String {
    use std::io::Read;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
