//! One process and its group: begun, watched, and ended for certain.
//!
//! Chapter 4 · RFC 3875 §3.4
//!
//! *Strategy*: the process gets a group of its own, and whatever it starts is in
//! that group too, unless it leaves it: `kill` takes the group as a whole. A
//! process that makes a group or a session of its own (`setsid`, as daemons do)
//! gets away, and a test shows it. As long as the process has not been waited
//! for, its number is not given to anybody else: so first the group is ended,
//! then the process is waited for, never the other way round.
//! Nothing is set that would keep the standard library from `posix_spawn`, which
//! starts a process without copying the page tables of this one (`fork` does).

use std::cell::OnceCell;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process_group, pidfd_open, waitid,
};

use crate::poll::poll;

/// How long a group may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(1);
/// How often one looks, where a process has no descriptor to wait for.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// A child process that leads a group of its own.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pid: Pid,
    /// Becomes readable when the process ends. Whoever has ended before anybody
    /// waits for it needs none.
    descriptor: OnceCell<Option<OwnedFd>>,
    status: Option<ExitStatus>,
}

impl Process {
    // ANCHOR: spawn
    /// Starts `command` in a group of its own.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        let child = command.process_group(0).spawn()?;
        let pid = Pid::from_child(&child);
        Ok(Process { child, pid, descriptor: OnceCell::new(), status: None })
    }
    // ANCHOR_END: spawn

    /// The streams that are pipes.
    pub(crate) fn streams(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What to `poll` for its end.
    pub(crate) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        let open = || pidfd_open(self.pid, PidfdFlags::empty()).ok();
        self.descriptor.get_or_init(open).as_ref().map(AsFd::as_fd)
    }

    /// Whether it has ended, also if nobody has waited for it yet.
    pub(crate) fn has_ended(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.status.is_some() || !matches!(waitid(WaitId::Pid(self.pid), look), Ok(None))
    }

    /// Waits for its end, at most so long; whether it has come.
    pub(crate) fn ends_within(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        while !self.has_ended() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            match self.descriptor() {
                Some(descriptor) => {
                    let _ = poll(&mut [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)], left);
                }
                None => std::thread::sleep(left.min(LOOK_AGAIN)),
            }
        }
        true
    }

    // ANCHOR: end
    /// Asks the group to end, and ends it if it does not.
    pub(crate) fn end(&mut self) -> io::Result<ExitStatus> {
        if !self.has_ended() {
            self.ask_to_end();
            self.ends_within(GRACE);
        }
        self.reap()
    }

    /// Asks the group to end, and does not wait.
    pub(crate) fn ask_to_end(&self) {
        if self.status.is_none() {
            let _ = kill_process_group(self.pid, Signal::TERM);
        }
    }

    /// Ends what is left of the group, and waits for the process itself.
    pub(crate) fn reap(&mut self) -> io::Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let _ = kill_process_group(self.pid, Signal::KILL);
        let status = self.child.wait()?;
        self.status = Some(status);
        Ok(status)
    }
    // ANCHOR_END: end
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            log::error!("cannot wait for process {}: {error}", self.id());
        }
    }
}
