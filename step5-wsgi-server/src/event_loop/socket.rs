//! A socket that never makes the loop wait.
//!
//! Chapter 6
//!
//! *Strategy*: whatever cannot be done at once answers `Ok(None)`: the poller
//! says when it can. TCP and Unix sockets are alike from here on.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use http::Version;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};
use step1_http_basics::presence::{self, Sight, Watched};

/// A connected socket, set never to block.
#[derive(Debug)]
pub struct Socket(OwnedFd);

/// Whether bytes follow that should leave in the same packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follows {
    Nothing,
    More,
}

impl Socket {
    pub(crate) fn new(descriptor: OwnedFd) -> Self {
        Socket(descriptor)
    }

    pub(crate) fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Reads what has come; 0 means that the other side sends no more.
    pub(crate) fn receive(&self, into: &mut [u8]) -> io::Result<Option<usize>> {
        at_once(|| Ok(recv(&self.0, &mut *into, RecvFlags::empty())?.1))
    }

    /// Whether nothing has come, not even the end.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(at_once(|| Ok(recv(&self.0, &mut [0], RecvFlags::PEEK)?)), Ok(None))
    }

    /// Sends as much as the socket takes now.
    pub(crate) fn send(&self, bytes: &[u8], follows: Follows) -> io::Result<Option<usize>> {
        let flags = match follows {
            #[cfg(target_os = "linux")]
            Follows::More => SendFlags::MORE,
            _ => SendFlags::empty(),
        };
        at_once(|| Ok(send(&self.0, bytes, flags)?))
    }

    /// Sends a part of a file, on Linux without a copy in between, and moves `at`
    /// on. 0 means that the file has no such part.
    pub(crate) fn send_file(
        &self,
        file: &File,
        at: &mut u64,
        most: usize,
    ) -> io::Result<Option<usize>> {
        #[cfg(target_os = "linux")]
        {
            at_once(|| Ok(rustix::fs::sendfile(&self.0, file, Some(&mut *at), most)?))
        }
        #[cfg(not(target_os = "linux"))]
        {
            let mut piece = vec![0; most.min(64 * 1024)];
            let length = step1_http_basics::read_at(file, &mut piece, *at)?;
            let sent =
                if length == 0 { Some(0) } else { self.send(&piece[..length], Follows::Nothing)? };
            *at += sent.unwrap_or(0) as u64;
            Ok(sent)
        }
    }

    /// Says that we send no more; the other side may still be heard.
    pub(crate) fn finish(&self) -> io::Result<()> {
        Ok(shutdown(&self.0, Shutdown::Write)?)
    }

    /// Ends both sides, though the socket stays open.
    pub(crate) fn hang_up(&self) {
        let _ = shutdown(&self.0, Shutdown::Both);
    }

    /// The same, and resets the connection, so that the other side cannot take what
    /// it has for a whole response.
    pub(crate) fn break_off(&self) {
        // On Linux this takes a TCP connection apart at once, whoever has it open.
        let _ = rustix::net::connect_unspec(&self.0);
        self.hang_up();
    }

    /// Lets the close that follows reset the connection, so that the other side
    /// cannot take what it has for a whole response.
    pub(crate) fn reset_when_closed(&self) {
        let _ = socket2::SockRef::from(&self.0).set_linger(Some(std::time::Duration::ZERO));
    }
}

impl Watched for Socket {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.0.as_fd())
    }

    /// A client that has ended its side may still wait for its answer, and no
    /// interim response is sent from here to find out: it would have to keep
    /// clear of what the loop sends.
    fn look(&self, _: Version) -> Sight {
        presence::look_at(&self.0)
    }
}

/// `None` for what would have to wait. A signal may interrupt any system call;
/// nothing has happened then.
fn at_once<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<Option<T>> {
    loop {
        match call() {
            Ok(done) => return Ok(Some(done)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
