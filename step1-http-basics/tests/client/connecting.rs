//! Names without an address, ports without a server, and those that are silent.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use http::Method;
use socket2::{Domain, Socket, Type};
use step1_http_basics::client::{Fault, Phase, Settings};

use super::scripted::{answering, refusing};
use super::watched::{fails, get, impatient, patient, request, watch};

fn resolving_to<F>(resolver: F) -> Settings
where
    F: Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
{
    Settings { resolver: Arc::new(resolver), ..impatient() }
}

#[test]
fn a_name_without_an_address() {
    let request = request(Method::GET, "http://nowhere.example/");
    let unknown = |_: &str, _| Err(io::Error::other("unknown"));
    for settings in [resolving_to(unknown), resolving_to(|_, _| Ok(Vec::new()))] {
        let (phase, fault, text) = fails(&request, &settings);
        assert!(matches!((phase, fault), (Phase::Resolve, Fault::NoAddress { .. })), "{text}");
    }
}

#[test]
fn a_reserved_name_is_not_looked_up() {
    let (phase, fault, text) = fails(&request(Method::GET, "http://nowhere.invalid./"), &patient());
    assert!(matches!((phase, fault), (Phase::Resolve, Fault::NoAddress { .. })), "{text}");
    assert!(text.contains("RFC 6761"), "{text}");
}

#[test]
fn a_resolver_that_does_not_answer() {
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let settings = resolving_to(move |_, _| {
        // Held until the test drops its end.
        let _ = held.lock().map(|held| held.recv());
        Ok(Vec::new())
    });
    let (phase, fault, text) = fails(&request(Method::GET, "http://slow.example/"), &settings);
    assert!(matches!((phase, fault), (Phase::Resolve, Fault::TimedOut(_))), "{text}");
    drop(release);
}

#[test]
fn a_port_where_nobody_listens() {
    let (_socket, address) = refusing();
    let (phase, fault, text) = fails(&get(address), &patient());
    assert!(matches!((phase, fault), (Phase::Connect, Fault::NotConnected(_))), "{text}");
    assert_eq!(text, format!("connect: {address} refused: nothing listens there"));
}

/// A port that answers nobody: Linux is silent to a client for whom there is no
/// room in the queue, and here the queue is full.
#[cfg(target_os = "linux")]
fn silent() -> (Socket, SocketAddr, Vec<TcpStream>) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("a free port");
    socket.listen(0).expect("it listens");
    let address = socket.local_addr().ok().and_then(|address| address.as_socket());
    let address = address.expect("the listener has an address");
    let soon = Duration::from_millis(50);
    let waiting = (0..4).filter_map(|_| TcpStream::connect_timeout(&address, soon).ok()).collect();
    (socket, address, waiting)
}

#[cfg(target_os = "linux")]
#[test]
fn an_address_that_never_answers() {
    let (_socket, address, _waiting) = silent();
    let (phase, fault, text) = fails(&get(address), &impatient());
    assert!(matches!((phase, fault), (Phase::Connect, Fault::NotConnected(_))), "{text}");
    assert_eq!(text, format!("connect: {address} did not answer in time"));
}

#[cfg(target_os = "linux")]
#[test]
fn an_address_that_never_answers_leaves_time_for_the_next() {
    let (_socket, silent, _waiting) = silent();
    answering(b"HTTP/1.1 204 No Content\r\n\r\n", |address| {
        let resolver = move |_: &str, _| Ok(vec![silent, address]);
        let timeout = Duration::from_secs(2);
        let settings = Settings { resolver: Arc::new(resolver), timeout, ..patient() };
        let (head, seen) = watch(&request(Method::GET, "http://two.example/"), &settings);
        assert_eq!(head.unwrap().status.as_u16(), 204);
        assert_eq!(seen.not_connected, [silent]);
    });
}
