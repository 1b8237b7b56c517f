//! Where a FastCGI application listens, as the server is told.
//!
//! Chapter 4
//!
//! *Strategy*: three forms, told apart by how they begin. A host name is looked
//! up once, when the server starts: a name that does not exist is a mistake in
//! a flag, not in a request.
//!
//! ```
//! use step3_cgi::fastcgi::address::Address;
//!
//! assert_eq!(Address::parse("unix:/run/php.sock")?.to_string(), "unix:/run/php.sock");
//! assert_eq!(Address::parse("127.0.0.1:9000")?.to_string(), "tcp:127.0.0.1:9000");
//! let error = Address::parse("9000").unwrap_err().to_string();
//! assert_eq!(error, r#""9000" is no FastCGI backend: say unix:PATH, tcp:HOST:PORT or HOST:PORT"#);
//! # Ok::<(), step3_cgi::fastcgi::address::AddressError>(())
//! ```

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use rustix::io::{Errno, ioctl_fionbio};
use rustix::net::sockopt::{Timeout, set_socket_timeout, set_tcp_nodelay};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::fault::Fault;

/// An address to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The path of a Unix socket.
    Unix(PathBuf),
    /// A TCP address.
    Tcp(SocketAddr),
}

impl Address {
    /// Reads `unix:PATH`, `tcp:HOST:PORT` or `HOST:PORT`.
    ///
    /// # Errors
    /// When it is none of them, or the host is not known.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let wrong = |reason| AddressError { text: text.to_owned(), reason };
        if let Some(path) = text.strip_prefix("unix:") {
            return match SocketAddrUnix::new(path) {
                _ if path.is_empty() => Err(wrong(Reason::Form)),
                Ok(_) => Ok(Address::Unix(path.into())),
                Err(_) => Err(wrong(Reason::Path)),
            };
        }
        let place = text.strip_prefix("tcp:").unwrap_or(text);
        match place.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|n| n > 0) => {}
            _ => return Err(wrong(Reason::Form)),
        }
        let mut found = place.to_socket_addrs().map_err(|_| wrong(Reason::Host))?;
        found.next().map(Address::Tcp).ok_or_else(|| wrong(Reason::Host))
    }

    /// Connects, within this time.
    pub(super) fn connect(&self, patience: Duration) -> Result<OwnedFd, Fault> {
        self.connect_socket(Some(patience)).map_err(because)
    }

    /// Begins to connect, and does not wait. The socket can be written to once
    /// it is connected; `None`: the queue of who listens there is full now.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn begin_to_connect(&self) -> Result<Option<OwnedFd>, Fault> {
        match self.connect_socket(None) {
            Err(Errno::AGAIN) => Ok(None),
            connected => connected.map(Some).map_err(because),
        }
    }

    /// Whether a socket is there and nobody listens at it any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.connect_socket(Some(Duration::from_millis(10)))
            .is_err_and(|it| it == Errno::CONNREFUSED)
    }

    /// Without patience the socket never waits, and may be connected later.
    fn connect_socket(&self, patience: Option<Duration>) -> Result<OwnedFd, Errno> {
        let family = match self {
            Address::Unix(_) => AddressFamily::UNIX,
            Address::Tcp(SocketAddr::V4(_)) => AddressFamily::INET,
            Address::Tcp(SocketAddr::V6(_)) => AddressFamily::INET6,
        };
        let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        match patience {
            // On Linux the deadline of a send is that of a connect too.
            Some(patience) => {
                let patience = patience.max(Duration::from_millis(1));
                set_socket_timeout(&socket, Timeout::Send, Some(patience))?;
            }
            None => ioctl_fionbio(&socket, true)?,
        }
        let connected = match self {
            Address::Unix(path) => connect(&socket, &SocketAddrUnix::new(path.as_path())?),
            Address::Tcp(address) => {
                set_tcp_nodelay(&socket, true)?;
                connect(&socket, address)
            }
        };
        match connected {
            Err(Errno::INPROGRESS) if patience.is_none() => Ok(socket),
            connected => connected.map(|()| socket),
        }
    }
}

/// What it means for a request that nobody could be connected to.
fn because(error: Errno) -> Fault {
    match error {
        // A Unix socket whose queue stays full, and a TCP one that is silent.
        Errno::AGAIN => Fault::Overloaded("its queue of connections is full".to_owned()),
        Errno::INPROGRESS | Errno::TIMEDOUT => {
            Fault::TooSlow("it did not answer in time".to_owned())
        }
        Errno::NOENT => {
            Fault::Down("there is no such socket: is the application running?".to_owned())
        }
        Errno::CONNREFUSED => Fault::nobody_listens(),
        error => Fault::Down(io::Error::from(error).to_string()),
    }
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressError {
    text: String,
    reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Form,
    Path,
    Host,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match self.reason {
            Reason::Form => write!(
                f,
                "{text:?} is no FastCGI backend: say unix:PATH, tcp:HOST:PORT or HOST:PORT"
            ),
            Reason::Path => write!(f, "{text:?}: the path of a Unix socket has at most 107 bytes"),
            Reason::Host => write!(f, "{text:?}: there is no such host"),
        }
    }
}

impl std::error::Error for AddressError {}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
            Address::Tcp(address) => write!(f, "tcp:{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, Reason>) {
        let read = Address::parse(text);
        let read = read.as_ref().map(ToString::to_string).map_err(|error| error.reason);
        assert_eq!(read, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn an_address_has_one_of_three_forms() {
        check("unix:php.sock", Ok("unix:php.sock"));
        check("unix:/a:9000", Ok("unix:/a:9000"));
        check("tcp:127.0.0.1:9000", Ok("tcp:127.0.0.1:9000"));
        check("127.0.0.1:9000", Ok("tcp:127.0.0.1:9000"));
        check("[::1]:9000", Ok("tcp:[::1]:9000"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for text in ["", "unix:", "9000", ":9000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0"] {
            check(text, Err(Reason::Form));
        }
        for text in ["tcp:", "/run/php.sock", "127.0.0.1:70000", "127.0.0.1:-1"] {
            check(text, Err(Reason::Form));
        }
        check(&format!("unix:/{}", "a".repeat(108)), Err(Reason::Path));
        check("no-such-host.invalid:9000", Err(Reason::Host));
    }
}
