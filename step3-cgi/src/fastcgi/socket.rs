//! A connection between server and application: a socket, and the records that
//! have come through it.
//!
//! Chapter 4 · FastCGI specification §3.1
//!
//! *Strategy*: a Unix or a TCP socket, it makes no difference once it is
//! connected. It stays a blocking one, with a deadline for each call; where
//! neither side may wait for the other, single calls are told not to wait.

use std::io::{self, ErrorKind};
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::io::{Errno, retry_on_intr};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

use super::record::{self, Kind, MAX_RECORD, RecordError};

/// The first size of the buffer for received bytes; a small answer fits.
const BUFFER: usize = 8 * 1024;

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

/// The bytes that have come and are not used up.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    bytes: Vec<u8>,
    unread: Range<usize>,
}

/// A record among the incoming bytes; its content stays there until more room
/// is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) request_id: u16,
    pub(crate) content: Range<usize>,
}

impl Incoming {
    /// Takes the next record, if it has come whole.
    pub(crate) fn next(&mut self) -> Result<Option<Found>, RecordError> {
        let Some((record, used)) = record::parse(&self.bytes[self.unread.clone()])? else {
            return Ok(None);
        };
        let begin = self.unread.start + record::HEADER_LENGTH;
        let content = begin..begin + record.content.len();
        let found = Found { kind: record.kind, request_id: record.request_id, content };
        self.unread.start += used;
        Ok(Some(found))
    }

    /// The content of a record that was found since room was last asked for.
    pub(crate) fn content(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// Room for bytes that come, at least one.
    pub(crate) fn room(&mut self) -> &mut [u8] {
        // All that came last time filled the buffer: there may be more of it.
        let was_filled = self.unread.end == self.bytes.len();
        self.bytes.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        if was_filled && self.bytes.len() < MAX_RECORD {
            self.bytes.resize((self.bytes.len() * 2).clamp(BUFFER, MAX_RECORD), 0);
        }
        &mut self.bytes[self.unread.end..]
    }

    /// Notes how many bytes have come into the room.
    pub(crate) fn received(&mut self, length: usize) {
        self.unread.end += length;
    }

    /// Whether nothing is left of what came.
    pub(crate) fn is_empty(&self) -> bool {
        self.unread.is_empty()
    }

    /// Gives a large buffer back: the connection will be idle.
    pub(crate) fn rest(&mut self) {
        if self.unread.is_empty() && self.bytes.len() > BUFFER {
            *self = Incoming::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fastcgi::record::Record;

    #[test]
    fn records_are_found_however_they_are_cut() {
        let mut wire = Vec::new();
        let contents: Vec<Vec<u8>> = [0, 1, 7, 9_000, 65_535, 3].map(|n| vec![7; n]).into();
        for content in &contents {
            Record { kind: Kind::Stdout, request_id: 1, content }.encode(&mut wire);
        }
        for step in [1, 5, 1_000, 100_000] {
            let (mut incoming, mut found, mut sent) = (Incoming::default(), Vec::new(), 0);
            while sent < wire.len() {
                let room = incoming.room();
                let length = room.len().min(step).min(wire.len() - sent);
                assert!(length > 0, "there is always room");
                room[..length].copy_from_slice(&wire[sent..sent + length]);
                incoming.received(length);
                sent += length;
                while let Some(record) = incoming.next().expect("version 1") {
                    found.push(incoming.content(record.content).to_vec());
                }
            }
            assert_eq!(found, contents, "by {step}");
            assert!(incoming.is_empty());
        }
    }
}
