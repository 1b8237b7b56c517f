//! A server that does what a test tells it to, right or wrong.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

/// No test waits longer than this for a byte.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Accepts connections one after the other while `test` runs, and hands each
/// to `script` when the head of its request has come.
pub(crate) fn serving<R>(
    script: impl Fn(&mut Connection) + Sync,
    test: impl FnOnce(SocketAddr) -> R,
) -> R {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("the listener has an address");
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while let Ok((stream, _)) = listener.accept() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                script(&mut Connection::new(stream));
            }
        });
        let _stop = StopWhenDropped { stop: &stop, address };
        test(address)
    })
}

/// Answers every request with these bytes, and closes.
pub(crate) fn answering<R>(bytes: &[u8], test: impl FnOnce(SocketAddr) -> R) -> R {
    serving(|connection| connection.send(bytes), test)
}

/// A port where nobody listens, and nobody will while the socket is kept.
pub(crate) fn refusing() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("a free port");
    let address = socket.local_addr().expect("the socket has an address");
    (socket, address.as_socket().expect("an IP address"))
}

struct StopWhenDropped<'s> {
    stop: &'s AtomicBool,
    address: SocketAddr,
}

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect_timeout(&self.address, DEADLINE);
    }
}

/// One connection, seen from the server.
pub(crate) struct Connection {
    stream: TcpStream,
    /// The head of the request.
    pub(crate) head: String,
    /// What came with it.
    unread: Vec<u8>,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(DEADLINE)).expect("a deadline for reading");
        stream.set_write_timeout(Some(DEADLINE)).expect("a deadline for writing");
        stream.set_nodelay(true).expect("every write is a packet");
        let mut connection = Connection { stream, head: String::new(), unread: Vec::new() };
        let end = loop {
            let found = connection.unread.windows(4).position(|four| four == b"\r\n\r\n");
            match found {
                Some(at) => break at + 4,
                None if connection.read_some() => {}
                None => break connection.unread.len(),
            }
        };
        let rest = connection.unread.split_off(end);
        let head = std::mem::replace(&mut connection.unread, rest);
        connection.head = String::from_utf8(head).expect("a head of ASCII");
        connection
    }

    /// Sends bytes; a client that is gone is no failure here.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Content of this length.
    pub(crate) fn content(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length && self.read_some() {}
        self.unread.drain(..length.min(self.unread.len())).collect()
    }

    /// What comes until the client ends its side.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.read_some() {}
        std::mem::take(&mut self.unread)
    }

    /// Breaks the connection off: the client gets a reset.
    pub(crate) fn reset(&self) {
        SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).expect("a socket");
    }

    fn read_some(&mut self) -> bool {
        let mut piece = [0; 16 * 1024];
        let length = self.stream.read(&mut piece).unwrap_or(0);
        self.unread.extend_from_slice(&piece[..length]);
        length > 0
    }
}
