//! The only accept loop: it listens, admits connections, and stops.
//!
//! Chapter 2 · RFC 9112 §9
//!
//! *Strategy*: the loop knows neither HTTP nor threads. It hands each
//! connection to a function; step 1's serves it on the spot, so that the next
//! one waits, and step 2's starts a thread for it. To be stopped, a loop that
//! sleeps in `accept` must wake up: so the one who stops it connects to it.

mod accept_error;
mod listen;
mod until_signal;

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use self::accept_error::AcceptError;
pub use self::listen::never_pace_on_loopback;
use crate::complaint::Complaint;
use crate::connection::{Service, serve_connection};
use crate::open_connections::{OpenConnection, OpenConnections};

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
            match listen::listen(address) {
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
        let mut lack = Complaint::default();
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
                Err(error) if AcceptError::of(&error) == AcceptError::OneHasGone => {}
                Err(error) => {
                    lack.say(Instant::now(), format_args!("cannot accept a connection: {error}"));
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
