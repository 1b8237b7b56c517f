//! One run of a program: bytes into it, bytes out of it, until it is over.
//!
//! Chapter 4 · RFC 3875 §4.2, §6
//!
//! *Strategy*: one `poll` over everything that can happen next: the program
//! takes input, gives output, complains, ends, or the client leaves. Whoever
//! waits for one of these alone can be made to wait for ever: a program that
//! writes before it reads, while we write before we read, is the classic case.
//! Output that nobody wants yet is kept, and not asked for when there is enough
//! of it; input that the program does not want yet then waits in a spool.
//!
//! ```text
//!  content ──► [piece] ──► stdin ─┐         ┌─ stdout ──► head ──► [kept] ──► the response
//!  (or spool)                     └ program ┤
//!                                           └─ stderr ──► lines ──► the log
//! ```

use std::io::Read;
use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use step1_http_basics::presence::{Presence, Sight};

use super::fault::Fault;
use super::input::Input;
use super::limit::Slot;
use super::output::{Complaints, Output};
use super::record::Recording;
use crate::poll::poll;
use crate::process::Process;
use crate::spool::Spool;

mod reply;

/// Output is not asked for while so much of it is kept; so much input is kept
/// in memory.
pub(crate) const KEEP: usize = 64 * 1024;
/// The most that is read in one piece.
pub(super) const PIECE: usize = 16 * 1024;
/// How often a client is looked at that has ended its side.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A program that runs for one request.
pub(crate) struct Run {
    name: String,
    process: Process,
    /// Whether it has, as far as was seen.
    has_ended: bool,
    stdin: Option<Input>,
    stdout: Output,
    stderr: Complaints,
    /// How much content is still to come, if the program said how much.
    promised: Option<u64>,
    presence: Presence,
    sight: Sight,
    timeout: Duration,
    /// How much longer the program may take.
    left: Duration,
    record: Recording,
    // Given back when the process is gone.
    _slot: Slot,
}

/// What can go on.
#[derive(Debug, Default)]
struct Ready {
    stdin: bool,
    stdout: bool,
    stderr: bool,
    ended: bool,
}

impl Ready {
    fn moves(&self) -> bool {
        self.stdin || self.stdout || self.ended
    }
}

impl Run {
    /// Starts `command` for a request with so many bytes of content.
    pub(crate) fn start(
        command: &mut Command,
        name: &str,
        input: u64,
        presence: Presence,
        timeout: Duration,
        slot: Slot,
    ) -> Result<Self, Fault> {
        command
            .stdin(if input > 0 { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = Process::spawn(command).map_err(Fault::Start)?;
        let streams = process.streams();
        let stdin = streams.stdin.take().map(|pipe| Input::new(pipe, input)).transpose();
        let stdin = stdin.map_err(Fault::Watch)?;
        let stdout = Output::new(streams.stdout.take());
        let stderr = Complaints::new(streams.stderr.take(), name);
        Ok(Run {
            name: name.to_owned(),
            // On a busy machine it may have run while this thread could not.
            has_ended: process.has_ended(),
            process,
            stdin,
            stdout,
            stderr,
            promised: None,
            presence,
            sight: Sight::Here,
            timeout,
            left: timeout,
            record: Recording::default(),
            _slot: slot,
        })
    }

    /// Notes from now on what goes in and out.
    pub(crate) fn observe(&mut self, record: Recording) {
        self.record = record;
    }

    // ANCHOR: feed
    /// Hands `content` to the program, until it has had all of it or wants no
    /// more. If it gives more output meanwhile than is kept, the rest of the
    /// content is spooled, so that the output can be sent on first.
    pub(crate) fn feed(&mut self, content: &mut dyn Read) -> Result<(), Fault> {
        while self.stdin.is_some() {
            if self.stdout.is_full() {
                self.feed_from(Spool::keep(content, KEEP).map_err(Fault::Content)?);
                return Ok(());
            }
            self.turn(Some(content), self.timeout)?;
        }
        Ok(())
    }
    // ANCHOR_END: feed

    /// Hands kept content to the program.
    pub(crate) fn feed_from(&mut self, spool: Spool) {
        if let Some(input) = &mut self.stdin {
            input.take_from(spool);
        }
    }

    // ANCHOR: turn
    /// Waits until something can go on, and lets it. Input comes from `content`,
    /// or from the spool.
    fn turn(&mut self, content: Option<&mut (dyn Read + '_)>, most: Duration) -> Result<(), Fault> {
        let ready = self.wait(most)?;
        self.has_ended = ready.ended;
        if ready.stderr {
            let began = Instant::now();
            self.stderr.take(&mut self.record);
            // A program that does nothing but complain never makes `poll` wait.
            self.left = self.left.saturating_sub(began.elapsed());
        }
        if ready.stdout {
            self.move_output()?;
        } else if ready.ended {
            // Whatever else holds the pipe, the program has said what it had
            // to say.
            self.stdout.close();
        }
        if ready.ended {
            self.stdin = None;
        } else if ready.stdin {
            self.move_input(content)?;
        }
        Ok(())
    }
    // ANCHOR_END: turn

    // ANCHOR: wait
    fn wait(&mut self, most: Duration) -> Result<Ready, Fault> {
        let mut set = Vec::with_capacity(5);
        let mut watch = |descriptor, flags| {
            set.push(PollFd::from_borrowed_fd(descriptor, flags));
            set.len() - 1
        };
        // First, so that what a program said before it ended is seen behind it.
        let ended = if self.has_ended { None } else { self.process.descriptor() };
        let ended = ended.map(|it| watch(it, PollFlags::IN));
        let stdin = self.stdin.as_ref().map(|pipe| watch(pipe.as_fd(), PollFlags::OUT));
        let stdout = self.stdout.descriptor().map(|pipe| watch(pipe, PollFlags::IN));
        let stderr = self.stderr.descriptor().map(|pipe| watch(pipe, PollFlags::IN));
        let hang_up = if self.sight == Sight::Here { PollFlags::RDHUP } else { PollFlags::empty() };
        let client = self.presence.descriptor().map(|socket| watch(socket, hang_up));

        let most = if self.sight == Sight::Here { most } else { most.min(LOOK_AGAIN) };
        // What a program leaves that has ended is there already.
        let patience = if self.has_ended { Duration::ZERO } else { self.left.min(most) };
        let began = Instant::now();
        let count = poll(&mut set, patience).map_err(Fault::Watch)?;
        self.left = self.left.saturating_sub(began.elapsed());
        let is_ready = |at: Option<usize>| at.is_some_and(|at| !set[at].revents().is_empty());
        let ready = Ready {
            stdin: is_ready(stdin),
            stdout: is_ready(stdout),
            stderr: is_ready(stderr),
            ended: self.has_ended || is_ready(ended),
        };
        if is_ready(client) || count == 0 {
            self.sight = self.presence.look();
            if self.sight == Sight::Gone {
                return Err(Fault::ClientGone);
            }
        }
        // Whoever only complains does not move.
        if self.left.is_zero() && !ready.moves() { Err(Fault::TooSlow) } else { Ok(ready) }
    }
    // ANCHOR_END: wait

    fn move_input(&mut self, content: Option<&mut (dyn Read + '_)>) -> Result<(), Fault> {
        let Some(input) = &mut self.stdin else { return Ok(()) };
        let taken = input.offer(content).map_err(Fault::Content)?;
        if !taken.is_empty() {
            self.left = self.timeout;
        }
        self.record.add(0, taken);
        if input.is_over() {
            self.stdin = None;
        }
        Ok(())
    }

    fn move_output(&mut self) -> Result<(), Fault> {
        let taken = self.stdout.take(self.has_ended, &mut self.record);
        // A head may come in drops, but not for ever; content may.
        if taken.map_err(Fault::Nonsense)? {
            self.left = self.timeout;
        }
        Ok(())
    }
}
