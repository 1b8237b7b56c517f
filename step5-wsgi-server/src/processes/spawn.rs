//! A worker as its master sees it: started, heard, told, ended.
//!
//! Chapter 6
//!
//! *Strategy*: a worker is the same program with the same flags and one more. It
//! has a process group of its own, so that Ctrl-C in a terminal reaches the
//! master alone, and the master decides what becomes of the workers.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::Instant;

use super::Plan;
use super::channel::{Channel, Received};
use super::messages::{FromMaster, FromWorker};
use crate::metrics::{Counts, Row};

/// How far a worker has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It loads its application.
    Starting,
    /// It serves.
    Serving,
    /// It serves until another does in its place.
    Retiring,
    /// It finishes, until then at the latest.
    Finishing(Instant),
}

/// A child of the master.
#[derive(Debug)]
pub(super) struct Hired {
    pub(super) number: u32,
    pub(super) generation: u32,
    pub(super) state: State,
    pub(super) started: Instant,
    /// When it last showed a sign of life.
    pub(super) heard: Instant,
    pub(super) counts: Counts,
    /// What it says it serves.
    pub(super) serves: String,
    /// It has closed its end of the channel.
    is_mute: bool,
    child: Child,
    channel: Channel,
}

impl Hired {
    // ANCHOR: start
    /// Starts a worker and hands it the listening socket.
    pub(super) fn start(
        plan: &Plan,
        listener: BorrowedFd<'_>,
        number: u32,
        generation: u32,
    ) -> io::Result<Self> {
        let (channel, theirs) = Channel::pair()?;
        channel.give(listener)?;
        let child = Command::new(&plan.program)
            .arg(format!("--as-worker={number}"))
            .args(&plan.arguments)
            .stdin(theirs)
            .env_remove("NOTIFY_SOCKET")
            .env_remove("LISTEN_FDS")
            .env_remove("LISTEN_PID")
            .process_group(0)
            .spawn()?;
        let (state, started) = (State::Starting, Instant::now());
        let (counts, serves) = Default::default();
        Ok(Hired {
            number,
            generation,
            state,
            started,
            heard: started,
            counts,
            serves,
            is_mute: false,
            child,
            channel,
        })
    }
    // ANCHOR_END: start

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// What is to be watched for its words, while there may be any.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        (!self.is_mute).then(|| self.channel.as_fd())
    }

    /// Takes in what it has said since.
    pub(super) fn hear(&mut self, now: Instant) {
        loop {
            let message = match self.channel.hear_worker() {
                Received::Message(message) => message,
                Received::Nothing => return,
                Received::End => {
                    self.is_mute = true;
                    return;
                }
            };
            self.heard = now;
            match message {
                FromWorker::Ready(what) => {
                    self.serves = what;
                    if self.state == State::Starting {
                        self.state = State::Serving;
                    }
                }
                FromWorker::Alive(counts) => self.counts = counts,
                FromWorker::Enough if self.state == State::Serving => {
                    self.state = State::Retiring;
                }
                FromWorker::Enough => {}
            }
        }
    }

    pub(super) fn tell(&self, message: &FromMaster) {
        self.channel.tell_worker(message);
    }

    /// Ends it, whatever it does.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
    }

    /// How it has ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    pub(super) fn row(&self, now: Instant) -> Row {
        let state = match self.state {
            State::Starting => "starting",
            State::Serving => "serving",
            State::Retiring => "retiring",
            State::Finishing(_) => "finishing",
        };
        Row {
            worker: self.number.to_string(),
            process: self.process(),
            state: state.to_owned(),
            up: now.saturating_duration_since(self.started),
            silent: now.saturating_duration_since(self.heard),
            counts: self.counts,
        }
    }
}

impl Drop for Hired {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
