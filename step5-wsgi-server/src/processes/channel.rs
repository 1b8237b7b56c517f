//! What a master and a worker say to each other, and how.
//!
//! Chapter 6 · unix(7), sendmsg(2)
//!
//! *Strategy*: a pair of connected sockets; the worker has its end as standard
//! input, the one descriptor that a new program is given without further ado.
//! Each message is a packet with a word and its details (`SOCK_SEQPACKET`: a
//! packet comes whole or not at all, and the end of the other side is seen, also
//! after `kill -9`). The first packet carries the listening socket. Nobody waits
//! to send: a message that the other side has no room for is dropped, and the
//! next one says more.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, Shutdown, SocketFlags, SocketType, recv, recvmsg, send,
    sendmsg, shutdown, socketpair,
};

use super::messages::{FromMaster, FromWorker};

/// Programs that a worker starts get neither the channel nor the socket.
#[cfg(target_os = "linux")]
const NOT_INHERITED: SocketFlags = SocketFlags::CLOEXEC;
#[cfg(target_os = "linux")]
const GIVEN_IS_NOT_INHERITED: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(target_os = "linux"))]
const NOT_INHERITED: SocketFlags = SocketFlags::empty();
#[cfg(not(target_os = "linux"))]
const GIVEN_IS_NOT_INHERITED: RecvFlags = RecvFlags::empty();

/// The longest message.
const LONGEST: usize = 32 * 1024;

/// One end of the pair.
#[derive(Debug)]
pub(super) struct Channel(OwnedFd);

/// What came of an attempt to receive.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Received<T> {
    Message(T),
    Nothing,
    /// The other side is gone.
    End,
}

impl Channel {
    /// The master's end, and the descriptor that becomes the worker's.
    pub(super) fn pair() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, NOT_INHERITED, None)?;
        Ok((Channel(ours), theirs))
    }

    /// The worker's end: its standard input. Whoever reads that from now on, an
    /// application for example, finds nothing there.
    pub(super) fn from_standard_input() -> io::Result<Self> {
        let channel = io::stdin().as_fd().try_clone_to_owned()?;
        rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
        Ok(Channel(channel))
    }

    /// Gives the other side a descriptor.
    pub(super) fn give(&self, descriptor: BorrowedFd<'_>) -> io::Result<()> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut rights = SendAncillaryBuffer::new(&mut space);
        let descriptors = [descriptor];
        rights.push(SendAncillaryMessage::ScmRights(&descriptors));
        sendmsg(&self.0, &[IoSlice::new(b"listen")], &mut rights, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// Takes the descriptor that the other side has given.
    pub(super) fn take(&self) -> io::Result<OwnedFd> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut rights = RecvAncillaryBuffer::new(&mut space);
        let mut word = [0; 8];
        let mut into = [IoSliceMut::new(&mut word)];
        recvmsg(&self.0, &mut into, &mut rights, GIVEN_IS_NOT_INHERITED)?;
        let given = rights.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        given.ok_or_else(|| io::Error::other("standard input is not the channel of a master"))
    }

    pub(super) fn tell_master(&self, message: &FromWorker) {
        self.send(&message.encode());
    }

    pub(super) fn tell_worker(&self, message: &FromMaster) {
        self.send(&message.encode());
    }

    /// What the worker has said, if anything.
    pub(super) fn hear_worker(&self) -> Received<FromWorker> {
        self.receive(RecvFlags::DONTWAIT, FromWorker::decode)
    }

    /// Waits for what the master has to say.
    pub(super) fn wait_for_master(&self) -> Received<FromMaster> {
        self.receive(RecvFlags::empty(), FromMaster::decode)
    }

    /// Ends the wait of whoever waits at this end.
    pub(super) fn close(&self) {
        let _ = shutdown(&self.0, Shutdown::Read);
    }

    fn send(&self, text: &str) {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        let _ = send(&self.0, &text.as_bytes()[..text.len().min(LONGEST)], flags);
    }

    fn receive<T>(&self, flags: RecvFlags, decode: fn(&str) -> Option<T>) -> Received<T> {
        let mut bytes = vec![0; LONGEST];
        loop {
            match recv(&self.0, bytes.as_mut_slice(), flags) {
                Ok((0, _)) => return Received::End,
                Ok((length, _)) => {
                    if let Some(message) = str::from_utf8(&bytes[..length]).ok().and_then(decode) {
                        return Received::Message(message);
                    }
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return Received::Nothing,
                Err(_) => return Received::End,
            }
        }
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Counts;

    #[test]
    fn what_is_said_is_understood_and_the_end_is_seen() {
        let (master, worker) = Channel::pair().unwrap();
        let worker = Channel(worker);
        let said = [
            FromWorker::Ready("serving a b".to_owned()),
            FromWorker::Alive(Counts { requests: 7, ..Counts::default() }),
            FromWorker::Enough,
        ];
        said.iter().for_each(|message| worker.tell_master(message));
        for message in said {
            assert_eq!(master.hear_worker(), Received::Message(message));
        }
        assert_eq!(master.hear_worker(), Received::Nothing);
        let said = [FromMaster::Drain, FromMaster::Finish, FromMaster::Now];
        said.iter().for_each(|message| master.tell_worker(message));
        for message in said {
            assert_eq!(worker.wait_for_master(), Received::Message(message));
        }
        drop(master);
        assert_eq!(worker.wait_for_master(), Received::End);
    }

    #[test]
    fn a_listening_socket_goes_through_the_channel() {
        let (master, worker) = Channel::pair().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        master.give(listener.as_fd()).unwrap();
        let taken = std::net::TcpListener::from(Channel(worker).take().unwrap());
        assert_eq!(taken.local_addr().unwrap(), listener.local_addr().unwrap());
    }
}
