//! A connection between server and application: the socket.
//!
//! Chapter 4
//!
//! *Strategy*: a Unix or a TCP socket, it makes no difference once it is
//! connected. It stays a blocking one, with a deadline for each call; where
//! neither side may wait for the other, single calls are told not to wait.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::io::{Errno, retry_on_intr};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

/// A connected stream socket.
#[derive(Debug)]
pub(crate) struct Socket {
    fd: OwnedFd,
    patience: Option<Duration>,
}

impl Socket {
    /// A socket that is connected.
    pub(crate) fn new(fd: OwnedFd) -> Self {
        Socket { fd, patience: None }
    }

    /// The same socket, whose every single send may wait no longer than `stall`.
    pub(crate) fn with_stall(self, stall: Duration) -> io::Result<Self> {
        set_socket_timeout(&self.fd, Timeout::Send, Some(stall))?;
        Ok(self)
    }

    /// Waits for bytes, for so long at most; 0 means that no more will come.
    pub(crate) fn receive(&mut self, out: &mut [u8], patience: Duration) -> io::Result<usize> {
        // Setting the deadline is a system call: an old one that is a little
        // shorter will do.
        if self.patience.is_none_or(|set| set > patience || set < patience / 10 * 9) {
            let patience = patience.max(Duration::from_millis(1));
            set_socket_timeout(&self.fd, Timeout::Recv, Some(patience))?;
            self.patience = Some(patience);
        }
        self.recv(out, RecvFlags::empty())?
            .ok_or_else(|| io::Error::new(ErrorKind::TimedOut, "nothing came in time"))
    }

    /// The bytes that are there; `None` if none are.
    pub(crate) fn receive_now(&self, out: &mut [u8]) -> io::Result<Option<usize>> {
        self.recv(out, RecvFlags::DONTWAIT)
    }

    /// Whether the other side has closed a connection that should be silent.
    pub(crate) fn is_stale(&self) -> bool {
        !matches!(self.recv(&mut [0], RecvFlags::DONTWAIT | RecvFlags::PEEK), Ok(None))
    }

    fn recv(&self, out: &mut [u8], flags: RecvFlags) -> io::Result<Option<usize>> {
        match retry_on_intr(|| recv(&self.fd, &mut *out, flags)) {
            Ok((length, _)) => Ok(Some(length)),
            Err(Errno::AGAIN) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends what the socket takes without waiting; 0 if it is full.
    pub(crate) fn send_now(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.send(bytes, SendFlags::DONTWAIT) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            sent => sent,
        }
    }

    /// Sends all of it, however often it has to wait.
    pub(crate) fn send_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.send(bytes, SendFlags::empty()) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Err(io::Error::new(ErrorKind::TimedOut, "nothing was taken in time"));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn send(&self, bytes: &[u8], flags: SendFlags) -> io::Result<usize> {
        Ok(retry_on_intr(|| send(&self.fd, bytes, flags | SendFlags::NOSIGNAL))?)
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish(&self) {
        let _ = shutdown(&self.fd, Shutdown::Write);
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
