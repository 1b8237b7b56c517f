//! The only accept loop: it listens, admits connections, and stops.
//!
//! Chapter 2 · RFC 9112 §9
//!
//! *Strategy*: the loop knows neither HTTP nor threads. It hands each
//! connection to a function; step 1's serves it on the spot, so that the next
//! one waits, and step 2's starts a thread for it. To be stopped, a loop that
//! sleeps in `accept` must wake up: so the one who stops it connects to it.

mod until_signal;

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::connection::{Service, serve_connection};
use crate::open_connections::{OpenConnection, OpenConnections};

/// How many connections the kernel may keep for us before we accept them.
const BACKLOG: i32 = 1024;

/// A listening socket, and the connections that came through it.
#[derive(Debug)]
pub struct Server {
    /// Until somebody has accepted all that came through it.
    listener: Mutex<Option<TcpListener>>,
    address: SocketAddr,
    wanted: usize,
    open: OpenConnections,
    grace: Duration,
}

impl Server {
    /// Listens at `address`, for at most `capacity` connections at a time. In
    /// a stop, what is in flight gets `grace` to finish.
    ///
    /// # Errors
    /// When the address cannot be had; [`ErrorKind::AddrInUse`] most often.
    pub fn bind(
        address: impl ToSocketAddrs,
        capacity: usize,
        grace: Duration,
    ) -> io::Result<Server> {
        let mut last = io::Error::new(ErrorKind::InvalidInput, "the name has no address");
        for address in address.to_socket_addrs()? {
            match listen(address) {
                Ok(listener) => {
                    let address = listener.local_addr()?;
                    let open = OpenConnections::new(within_descriptors(capacity, 2));
                    let listener = Mutex::new(Some(listener));
                    return Ok(Server { listener, address, wanted: capacity, open, grace });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The same server, for connections that may need so many descriptors each;
    /// without this, two: for the socket, and for a file. Without one left, a
    /// request that has come could not be answered, so no more connections are
    /// admitted than the limit of the process (`ulimit -n`) allows.
    #[must_use]
    pub fn with_descriptors(self, each: usize) -> Server {
        let open = OpenConnections::new(within_descriptors(self.wanted, each));
        Server { open, ..self }
    }

    /// The address that the server listens at, with its real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves one connection after the other, on this thread, until
    /// [`stop`](Self::stop). While one client is served, all others wait.
    pub fn serve(&self, service: &Service<'_>) {
        self.accept_each(|connection| serve_connection(&connection, service));
    }

    // ANCHOR: accept_each
    /// Hands each connection to `dispatch`, until [`stop`](Self::stop); once for
    /// each server.
    pub fn accept_each<'s>(&'s self, mut dispatch: impl FnMut(OpenConnection<'s>)) {
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(listener) = listener else { return };
        self.say_if_short_of_descriptors();
        while !self.open.is_stopping() {
            match listener.accept() {
                Ok((stream, peer)) => {
                    // Without this, a second small write waits for the client
                    // to acknowledge the first: 40 ms for nothing.
                    let _ = stream.set_nodelay(true);
                    if let Some(connection) = self.open.admit(stream, Some(peer)) {
                        dispatch(connection);
                    }
                }
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    log::warn!("cannot accept a connection: {error}");
                    self.open.make_room();
                }
            }
        }
        // Whoever comes now is refused at once, and need not wait for nothing.
        drop(listener);
        self.open.wait_until_empty(self.grace);
    }
    // ANCHOR_END: accept_each

    fn say_if_short_of_descriptors(&self) {
        let (capacity, wanted) = (self.open.capacity(), self.wanted);
        if capacity < wanted {
            log::warn!("{capacity} connections at a time instead of {wanted}: see `ulimit -n`");
        }
    }

    /// Ends the loop: connections that wait for a request are closed, those
    /// that are being answered are finished first.
    pub fn stop(&self) {
        self.open.stop();
        let loopback: IpAddr = match self.address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let ip = if self.address.ip().is_unspecified() { loopback } else { self.address.ip() };
        let _ =
            TcpStream::connect_timeout(&(ip, self.address.port()).into(), Duration::from_secs(1));
    }

    /// The register of open connections.
    #[must_use]
    pub fn open_connections(&self) -> &OpenConnections {
        &self.open
    }
}

#[cfg(unix)]
fn within_descriptors(wanted: usize, each: usize) -> usize {
    use rustix::process::{Resource, getrlimit};

    let Some(limit) = getrlimit(Resource::Nofile).current else { return wanted };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    wanted.min((limit - (limit / 4).min(64)) / each.max(1))
}

#[cfg(not(unix))]
fn within_descriptors(wanted: usize, _: usize) -> usize {
    wanted
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
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
