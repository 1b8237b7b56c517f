//! Signals as something that can be waited for together with everything else.
//!
//! Chapter 6 · signal(7), poll(2)
//!
//! *Strategy*: a signal handler may do next to nothing, so it writes a byte into
//! a socket, and the loop of the master reads it when it comes round (the
//! "self-pipe trick").

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use signal_hook::SigId;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1};
use signal_hook::low_level::{pipe, unregister};

/// What a master is asked by a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// SIGINT, SIGTERM: finish, and the second time end.
    Stop,
    /// SIGHUP: new workers, then no old ones.
    Reload,
    /// SIGUSR1: say what is going on.
    Status,
    /// SIGTTIN: one worker more.
    More,
    /// SIGTTOU: one worker fewer.
    Fewer,
    /// SIGCHLD: some child has ended.
    Reap,
}

const ALL: [(i32, Asked); 7] = [
    (SIGINT, Asked::Stop),
    (SIGTERM, Asked::Stop),
    (SIGHUP, Asked::Reload),
    (SIGUSR1, Asked::Status),
    (SIGTTIN, Asked::More),
    (SIGTTOU, Asked::Fewer),
    (SIGCHLD, Asked::Reap),
];

/// The signals that have come.
#[derive(Debug)]
pub(super) struct Inbox {
    pipes: Vec<(Asked, UnixStream, SigId)>,
}

impl Inbox {
    /// Catches the signals from now on.
    pub(super) fn open() -> io::Result<Self> {
        let mut inbox = Inbox { pipes: Vec::new() };
        for (signal, asked) in ALL {
            let (ours, handlers) = UnixStream::pair()?;
            ours.set_nonblocking(true)?;
            inbox.pipes.push((asked, ours, pipe::register(signal, handlers)?));
        }
        Ok(inbox)
    }

    /// What is to be watched for reading.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.pipes.iter().map(|(_, pipe, _)| pipe.as_fd())
    }

    /// What was asked since the last call, each signal as often as it came.
    pub(super) fn take(&self) -> Vec<Asked> {
        let mut all = Vec::new();
        let mut bytes = [0; 16];
        for (asked, pipe, _) in &self.pipes {
            let mut pipe = pipe;
            while let Ok(length @ 1..) = pipe.read(&mut bytes) {
                all.extend(std::iter::repeat_n(*asked, length));
            }
        }
        all
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        for (_, _, id) in &self.pipes {
            unregister(*id);
        }
    }
}
