//! Where the server listens: a TCP port, a Unix socket, or what it was given.
//!
//! Chapter 6
//!
//! *Strategy*: an address is a value that can be read from a flag. The two kinds
//! of sockets differ only here: what is accepted is a socket like any other.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use mio::event::Source;
use socket2::{Domain, SockAddr, SockRef, Type};
use step1_http_basics::cli;
use step1_http_basics::serve::{AcceptError, never_pace_on_loopback};

use crate::event_loop::Socket;

/// How many connections the kernel may keep for us before we accept them.
const BACKLOG: i32 = 4096;

/// Where to listen.
///
/// ```
/// use step5_wsgi_server::listen::Address;
///
/// let address: Address = "127.0.0.1:8000".parse().unwrap();
/// assert_eq!(address.to_string(), "127.0.0.1:8000");
/// assert!(matches!("unix:/tmp/s.sock".parse(), Ok(Address::Unix(_))));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A host and a port; port 0 means any free one.
    Tcp(String, u16),
    /// A path in the file system.
    Unix(PathBuf),
}

impl std::str::FromStr for Address {
    type Err = String;

    /// `HOST:PORT`, `HOST`, `:PORT` or `unix:PATH`.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                "" => Err("unix: needs a path behind it: unix:/run/site.sock".to_owned()),
                path => Ok(Address::Unix(path.into())),
            };
        }
        let (host, port) = cli::host_and_port(text)?;
        let host = if host.is_empty() { "0.0.0.0" } else { host };
        Ok(Address::Tcp(host.to_owned(), port))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Address::Tcp(host, port) => write!(f, "{host}:{port}"),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A listening socket that never blocks.
#[derive(Debug)]
pub struct Listener {
    kind: Kind,
    /// The address that all connections are made to, unless it is a different
    /// one for each.
    local: Option<SocketAddr>,
    /// The path to take away again.
    path: Option<PathBuf>,
}

#[derive(Debug)]
enum Kind {
    Tcp(mio::net::TcpListener),
    Unix(mio::net::UnixListener),
}

/// A connection that was accepted.
#[derive(Debug)]
pub struct Accepted {
    pub(crate) socket: Socket,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) local: Option<SocketAddr>,
}

impl Listener {
    /// Listens at an address.
    ///
    /// # Errors
    /// When it cannot be had; [`ErrorKind::AddrInUse`] most often.
    pub fn bind(address: &Address) -> io::Result<Self> {
        match address {
            Address::Tcp(host, port) => Self::bind_tcp(host, *port),
            Address::Unix(path) => Self::bind_unix(path),
        }
    }

    /// Listens with a socket that listens already: inherited from a parent, or
    /// made by systemd.
    ///
    /// # Errors
    /// When it is neither a TCP nor a Unix socket.
    pub fn inherited(descriptor: OwnedFd) -> io::Result<Self> {
        let socket = SockRef::from(&descriptor);
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let kind = if address.is_unix() {
            let listener = std::os::unix::net::UnixListener::from(descriptor);
            Kind::Unix(mio::net::UnixListener::from_std(listener))
        } else {
            let listener = std::net::TcpListener::from(descriptor);
            Kind::Tcp(mio::net::TcpListener::from_std(listener))
        };
        let local = address.as_socket().filter(|address| !address.ip().is_unspecified());
        Ok(Listener { kind, local, path: None })
    }

    /// The address with its real port; `None` for a Unix socket.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.kind {
            Kind::Tcp(listener) => listener.local_addr().ok(),
            Kind::Unix(_) => None,
        }
    }

    /// Accepts one connection, if somebody waits.
    ///
    /// # Errors
    /// [`ErrorKind::WouldBlock`] if nobody does; [`ErrorKind::ConnectionAborted`] if
    /// somebody did who has gone, whatever the system calls it.
    pub fn accept(&self) -> io::Result<Accepted> {
        self.accept_one().map_err(|error| match AcceptError::of(&error) {
            AcceptError::OneHasGone => ErrorKind::ConnectionAborted.into(),
            _ => error,
        })
    }

    /// The descriptor, for those who are to inherit it.
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        match &self.kind {
            Kind::Tcp(listener) => listener.as_fd(),
            Kind::Unix(listener) => listener.as_fd(),
        }
    }

    pub(crate) fn source(&mut self) -> &mut dyn Source {
        match &mut self.kind {
            Kind::Tcp(listener) => listener,
            Kind::Unix(listener) => listener,
        }
    }

    fn accept_one(&self) -> io::Result<Accepted> {
        match &self.kind {
            Kind::Tcp(listener) => {
                let (stream, peer) = listener.accept()?;
                let stream = std::net::TcpStream::from(stream);
                // Without this, a second small write waits for the client to
                // acknowledge the first: 40 ms for nothing.
                let _ = stream.set_nodelay(true);
                let local = self.local.or_else(|| stream.local_addr().ok());
                let socket = Socket::new(stream.into());
                Ok(Accepted { socket, peer: Some(peer), local })
            }
            Kind::Unix(listener) => {
                let (stream, _) = listener.accept()?;
                let stream = std::os::unix::net::UnixStream::from(stream);
                Ok(Accepted { socket: Socket::new(stream.into()), peer: None, local: None })
            }
        }
    }

    fn bind_tcp(host: &str, port: u16) -> io::Result<Self> {
        let mut last = io::Error::new(ErrorKind::InvalidInput, "the name has no address");
        for address in (host, port).to_socket_addrs()? {
            match listen(&address.into(), Domain::for_address(address)) {
                Ok(descriptor) => return Self::inherited(descriptor),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn bind_unix(path: &Path) -> io::Result<Self> {
        make_way(path)?;
        let descriptor = listen(&SockAddr::unix(path)?, Domain::UNIX)?;
        let mut listener = Self::inherited(descriptor)?;
        listener.path = Some(path.to_owned());
        Ok(listener)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = fs::remove_file(path);
        }
    }
}

/// Takes away a socket that an earlier run has left behind; one at which
/// somebody listens stays, and so does a file.
pub(crate) fn make_way(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;

    let is_socket = fs::symlink_metadata(path).is_ok_and(|it| it.file_type().is_socket());
    match is_socket {
        true if std::os::unix::net::UnixStream::connect(path).is_ok() => {
            Err(ErrorKind::AddrInUse.into())
        }
        true => fs::remove_file(path),
        false => Ok(()),
    }
}

fn listen(address: &SockAddr, domain: Domain) -> io::Result<OwnedFd> {
    let socket = socket2::Socket::new(domain, Type::STREAM, None)?;
    if domain != Domain::UNIX {
        // Also while connections of an earlier run linger.
        socket.set_reuse_address(true)?;
    }
    socket.bind(address)?;
    never_pace_on_loopback(&socket);
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&Address>) {
        assert_eq!(text.parse().ok().as_ref(), expected, "{text}");
    }

    #[test]
    fn an_address_is_a_host_and_a_port_or_a_path() {
        let tcp = |host: &str, port| Some(Address::Tcp(host.to_owned(), port));
        check("127.0.0.1:80", tcp("127.0.0.1", 80).as_ref());
        check("localhost", tcp("localhost", 8000).as_ref());
        check("[::1]:80", tcp("::1", 80).as_ref());
        check("::1", tcp("::1", 8000).as_ref());
        check(":80", tcp("0.0.0.0", 80).as_ref());
        check("unix:/tmp/x", Some(&Address::Unix("/tmp/x".into())));
        check("unix:", None);
        check("localhost:http", None);
        check("localhost:65536", None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_crosses_no_network_is_not_paced() {
        let listener = Listener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
        let congestion = rustix::net::sockopt::tcp_congestion(listener.descriptor());
        assert_eq!(congestion.unwrap(), "reno");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_socket_of_somebody_elses_stays_as_it_was_made() {
        let theirs = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let usual = rustix::net::sockopt::tcp_congestion(&theirs).unwrap();
        let listener = Listener::inherited(theirs.into()).unwrap();
        let congestion = rustix::net::sockopt::tcp_congestion(listener.descriptor());
        assert_eq!(congestion.unwrap(), usual);
    }

    #[test]
    fn a_path_is_taken_over_from_the_dead_and_not_from_the_living() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Unix(folder.path().join("socket"));
        let first = Listener::bind(&address).unwrap();
        let second = Listener::bind(&address).map_err(|error| error.kind());
        assert_eq!(second.err(), Some(ErrorKind::AddrInUse));
        drop(first);
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
        let dead = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        drop(dead);
        assert!(Listener::bind(&address).is_ok());
    }
}
