//! A socket that listens, and what the connections through it inherit.
//!
//! Chapter 3

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

/// How many connections the kernel may keep for us before we accept them.
const BACKLOG: i32 = 1024;

/// Listens at this address.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // On Unix this means: also while connections of an earlier run linger. On
    // Windows it would mean: also if another program listens there.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    never_pace_on_loopback(&socket);
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

// ANCHOR: never_pace
/// Lets what comes through a socket that listens on loopback be sent at once. TCP
/// takes care not to flood a network, and some systems spread packets over time for
/// that (BBR). Between a server and a proxy on the same machine there is no network,
/// and each timer costs more than the packets that it holds back. Reno never holds
/// them back, and every Linux has it. Connections inherit this from their listener.
/// [RFC 5681 §3](https://www.rfc-editor.org/rfc/rfc5681#section-3)
pub fn never_pace_on_loopback(listener: &Socket) {
    let address = listener.local_addr().ok().and_then(|address| address.as_socket());
    if address.is_some_and(|address| address.ip().is_loopback()) {
        // Where this is not allowed, all works as well, only slower.
        #[cfg(target_os = "linux")]
        let _ = rustix::net::sockopt::set_tcp_congestion(listener, "reno");
    }
}
// ANCHOR_END: never_pace

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::{Ipv4Addr, TcpStream};

    use rustix::net::sockopt::tcp_congestion;

    use super::*;

    #[test]
    fn what_crosses_no_network_is_not_paced() {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert_eq!(tcp_congestion(&accepted).unwrap(), "reno");
        drop(client);
    }

    #[test]
    fn what_may_cross_a_network_is_sent_as_the_system_wants_it() {
        let usual = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_congestion_control").unwrap();
        let listener = listen((Ipv4Addr::UNSPECIFIED, 0).into()).unwrap();
        assert_eq!(tcp_congestion(&listener).unwrap(), usual.trim());
    }
}
