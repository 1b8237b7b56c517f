//! A server that answers one request with whatever bytes it is given.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(20);

/// Answers the one request of `ask` with `pieces`, each in a packet of its own,
/// and closes.
pub(crate) fn answering<'p, R>(
    pieces: impl Iterator<Item = &'p [u8]> + Send,
    ask: impl FnOnce(SocketAddr) -> R,
) -> R {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the listener has an address");
    thread::scope(|scope| {
        scope.spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            stream.set_read_timeout(Some(DEADLINE)).expect("a deadline for reading");
            stream.set_write_timeout(Some(DEADLINE)).expect("a deadline for writing");
            stream.set_nodelay(true).expect("every write is a packet");
            read_head(&mut stream);
            for piece in pieces {
                // A client that has seen enough may be gone.
                if stream.write_all(piece).is_err() {
                    return;
                }
            }
        });
        let _wake = WakeWhenDropped(address);
        ask(address)
    })
}

/// A test that fails before it asks must not leave the server waiting.
struct WakeWhenDropped(SocketAddr);

impl Drop for WakeWhenDropped {
    fn drop(&mut self) {
        let _ = TcpStream::connect_timeout(&self.0, DEADLINE);
    }
}

fn read_head(stream: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|length| length > 0) {
        head.push(byte[0]);
    }
}
