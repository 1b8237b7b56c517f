//! Where a FastCGI application listens.
//!
//! Chapter 4 · FastCGI specification §2.2, §3.2
//!
//! *Strategy*: an application does not choose its address. Who starts it has
//! opened the listening socket already and hands it over as descriptor 0
//! (`FCGI_LISTENSOCK_FILENO`), where a CGI program would find its stdin. For
//! tests and by hand, it can be opened here as well.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rustix::net::sockopt::{set_tcp_nodelay, socket_acceptconn};
use rustix::net::{SocketFlags, acceptfrom_with};
use step1_http_basics::complaint::Complaint;
use step1_http_basics::serve::AcceptError;

use super::QUEUE;

/// A listening socket, Unix or TCP.
#[derive(Debug)]
pub struct Listener {
    socket: OwnedFd,
    /// The addresses of servers that may connect over TCP; all, if `None`.
    allowed: Option<Vec<IpAddr>>,
    /// Strangers can be many, and a lack can last: each is told once.
    strangers: Mutex<Complaint>,
    lack: Mutex<Complaint>,
}

impl Listener {
    // ANCHOR: inherited
    /// The socket that was handed over as descriptor 0.
    ///
    /// # Errors
    /// When descriptor 0 is none: then this process was started by hand, or as
    /// a CGI program.
    pub fn inherited() -> io::Result<Self> {
        let stdin = io::stdin();
        if !socket_acceptconn(&stdin).unwrap_or(false) {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "descriptor 0 is no listening socket: a process manager must start this program \
                 (FastCGI §2.2)",
            ));
        }
        let allowed = std::env::var_os("FCGI_WEB_SERVER_ADDRS");
        let allowed = allowed.as_deref().map(web_server_addresses).transpose()?;
        Ok(Listener { allowed, ..Self::listening(stdin.as_fd().try_clone_to_owned()?)? })
    }
    // ANCHOR_END: inherited

    /// Listens at a Unix socket of this path, which must not exist yet.
    ///
    /// # Errors
    /// When the path is taken, too long, or in no folder of ours.
    pub fn unix(path: &Path) -> io::Result<Self> {
        Self::listening(UnixListener::bind(path)?.into())
    }

    /// Listens at a TCP address. Whoever can connect to it can send any
    /// variables: keep it on the loopback interface.
    ///
    /// # Errors
    /// When the address is taken, or none of ours.
    pub fn tcp(address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::listening(TcpListener::bind(address)?.into())
    }

    /// Only servers at these addresses may connect over TCP.
    #[must_use]
    pub fn only_from(self, addresses: Vec<IpAddr>) -> Self {
        Listener { allowed: Some(addresses), ..self }
    }

    /// The TCP address; `None` for a Unix socket.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        rustix::net::getsockname(&self.socket).ok().and_then(|address| address.try_into().ok())
    }

    /// A socket that listens already.
    ///
    /// # Errors
    /// When it cannot be told not to block.
    pub fn listening(socket: OwnedFd) -> io::Result<Self> {
        // Several processes wait for the same connection, and one gets it: the
        // others must not go on to wait for it alone.
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok(Listener { socket, allowed: None, strangers: Mutex::default(), lack: Mutex::default() })
    }

    /// A connection that waits, or why there is none; an error if there will never
    /// be one. Whoever may not, or has gone, is passed over, and does not hide those
    /// that wait behind it.
    pub(super) fn accept(&self) -> io::Result<Result<OwnedFd, AcceptError>> {
        // All who wait in a queue may have to be passed over, but nobody for ever.
        for _ in 0..=QUEUE {
            let accepted = acceptfrom_with(&self.socket, SocketFlags::CLOEXEC);
            let (fd, peer) = match accepted.map_err(io::Error::from) {
                Ok(accepted) => accepted,
                Err(error) => match AcceptError::of(&error) {
                    AcceptError::OneHasGone => continue,
                    AcceptError::Socket => return Err(error),
                    none => {
                        if none == AcceptError::Lack {
                            say(&self.lack, format_args!("cannot accept a connection: {error}"));
                        }
                        return Ok(Err(none));
                    }
                },
            };
            let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
            if !self.allows(peer) {
                continue;
            }
            if peer.is_some() {
                // Whoever has gone meanwhile must not end the application.
                let _ = set_tcp_nodelay(&fd, true);
            }
            return Ok(Ok(fd));
        }
        Ok(Err(AcceptError::NobodyWaits))
    }

    /// Whether a server at this address may connect; none has one at a Unix socket.
    fn allows(&self, peer: Option<SocketAddr>) -> bool {
        let (Some(allowed), Some(peer)) = (&self.allowed, peer) else { return true };
        let is_allowed = allowed.contains(&peer.ip().to_canonical());
        if !is_allowed {
            let what = format_args!("{} is not among FCGI_WEB_SERVER_ADDRS", peer.ip());
            say(&self.strangers, what);
        }
        is_allowed
    }
}

/// Several threads may accept, and have one log.
fn say(complaint: &Mutex<Complaint>, what: fmt::Arguments<'_>) {
    complaint.lock().unwrap_or_else(PoisonError::into_inner).say(Instant::now(), what);
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// `FCGI_WEB_SERVER_ADDRS`: addresses with commas between them.
/// [FastCGI §3.2](https://fastcgi-archives.github.io/FastCGI_Specification.html#S3.2)
fn web_server_addresses(list: &OsStr) -> io::Result<Vec<IpAddr>> {
    let list = list.to_string_lossy();
    let addresses = list.split(',').map(|address| address.trim().parse::<IpAddr>());
    addresses.collect::<Result<_, _>>().map_err(|_| {
        io::Error::new(
            ErrorKind::InvalidInput,
            format!("FCGI_WEB_SERVER_ADDRS is {list:?}: it must be IP addresses with commas between them (FastCGI §3.2)"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_servers_is_all_addresses_or_nothing() {
        let list = |text: &str| web_server_addresses(OsStr::new(text)).map_err(|e| e.kind());
        let addresses = ["199.170.183.28".parse().unwrap(), "::1".parse().unwrap()];
        assert_eq!(list("199.170.183.28, ::1"), Ok(addresses.to_vec()));
        // A list that nobody can read must not let everybody in.
        assert_eq!(list(""), Err(ErrorKind::InvalidInput));
        assert_eq!(list("localhost"), Err(ErrorKind::InvalidInput));
    }
}
