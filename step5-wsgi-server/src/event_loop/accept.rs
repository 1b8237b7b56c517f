//! Who is let in, and who has to leave for it.
//!
//! Chapter 6 · RFC 9112 §9.5
//!
//! *Strategy*: connections are accepted in bursts, between the turns of those
//! that are there. A full server lets the new one in and closes the one that
//! has waited longest for its client: somebody who waits for a page is worth
//! more than somebody who might ask for one. Out of descriptors is the same as
//! full, and never a reason to end.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

use super::complaints::Complaint;
use super::connection::{Connection, Waits};
use super::slots::Key;
use super::{EventLoop, LISTENER};
use crate::listen::{Accepted, Listener};

/// How many connections are accepted before the others have their turn.
const BURST: usize = 64;
/// Where other processes accept from the same queue, a connection is accepted
/// when the one before has asked for something and been seen to, or has been
/// silent for so long. So the rest is left to those that have nothing to do.
const FAIR_PAUSE: Duration = Duration::from_millis(5);
/// What a process that has nothing to do needs to wake up and take a connection.
/// Who waits for longer, waits because all are busy.
const WAKE_UP: Duration = Duration::from_micros(100);
/// How long nothing is accepted if there is no room at all.
const PAUSE: Duration = Duration::from_millis(50);
/// A response that has only begun is not judged slow.
const HEAD_START: Duration = Duration::from_secs(1);

/// The listening socket, and what is known of it.
#[derive(Debug)]
pub(super) struct Accepting {
    listener: Option<Listener>,
    capacity: usize,
    /// The kernel has said that somebody waits.
    pub(super) is_ready: bool,
    paused_until: Option<Instant>,
    /// Who was accepted last, if it is to be seen to first.
    fresh: Option<Fresh>,
    /// Who was accepted and found no room.
    held: Option<Accepted>,
    /// A lack that lasts is told once.
    lack: Complaint,
    full: Complaint,
    /// Whoever may have to leave, the longest-waiting first, and since when it
    /// waited when the list was made.
    waiting: VecDeque<(Instant, Key)>,
}

/// Somebody who has just been accepted.
#[derive(Debug)]
struct Fresh {
    key: Key,
    accepted: Instant,
    /// How many requests had been answered by then.
    answered: u64,
}

impl Accepting {
    pub(super) fn new(
        mut listener: Listener,
        capacity: usize,
        registry: &Registry,
    ) -> io::Result<Self> {
        registry.register(listener.source(), LISTENER, Interest::READABLE)?;
        Ok(Accepting {
            listener: Some(listener),
            capacity: capacity.max(1),
            is_ready: true,
            paused_until: None,
            fresh: None,
            held: None,
            lack: Complaint::default(),
            full: Complaint::default(),
            waiting: VecDeque::new(),
        })
    }

    /// The listening socket, if somebody may wait there and may be let in.
    pub(super) fn open(&self) -> Option<&Listener> {
        self.listener.as_ref().filter(|_| self.is_ready && self.paused_until.is_none())
    }

    pub(super) fn paused_until(&self) -> Option<Instant> {
        self.paused_until.filter(|_| self.listener.is_some())
    }

    /// Stops listening.
    pub(super) fn stop(&mut self, registry: &Registry) {
        if let Some(mut listener) = self.listener.take() {
            let _ = registry.deregister(listener.source());
        }
    }
}

impl EventLoop<'_> {
    // ANCHOR: accept
    /// Accepts a burst of those that wait to be connected.
    pub(super) fn accept(&mut self) {
        let now = self.turn.now;
        let is_paused = self.accepting.paused_until.is_some_and(|until| until > now);
        if is_paused && !self.fresh_has_asked() {
            return;
        }
        let share = self.share();
        (self.accepting.paused_until, self.accepting.fresh) = (None, None);
        for nth in 1..=share {
            let accepted = match self.accepting.held.take() {
                Some(held) => Ok(held),
                None => match self.accepting.open() {
                    Some(listener) => listener.accept(),
                    None => return,
                },
            };
            match accepted {
                Ok(accepted) => {
                    if self.is_full() && !self.make_room() {
                        // It waits, and behind it the kernel's queue.
                        self.accepting.held = Some(accepted);
                        self.accepting.paused_until = Some(self.turn.now + PAUSE);
                        return;
                    }
                    let key = self.admit(accepted);
                    if nth == share && self.has_colleagues() {
                        let answered = self.turn.counts.requests;
                        self.accepting.fresh = Some(Fresh { key, accepted: now, answered });
                        self.accepting.paused_until = Some(now + FAIR_PAUSE);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.accepting.is_ready = false;
                }
                Err(error) if is_the_clients(&error) => {}
                Err(error) => self.is_out_of_something(&error),
            }
        }
    }
    // ANCHOR_END: accept

    // ANCHOR: share
    /// How many may be accepted now. Of several processes each takes one, and
    /// leaves the next to those that have nothing to do. If that one still waits
    /// when a round is over in which many were answered, all are busy: then it
    /// may be as many, and newcomers need not wait a round for each of them.
    fn share(&self) -> usize {
        if !self.has_colleagues() {
            return BURST;
        }
        let Some(fresh) = &self.accepting.fresh else { return 1 };
        let answered = self.turn.counts.requests - fresh.answered;
        let round = self.turn.now.saturating_duration_since(fresh.accepted);
        let slow = round.as_micros() / WAKE_UP.as_micros();
        usize::try_from(slow.min(answered.into())).map_or(BURST, |many| many.clamp(1, BURST))
    }
    // ANCHOR_END: share

    /// Whether other processes accept from the same queue.
    fn has_colleagues(&self) -> bool {
        self.turn.service.pages.worker.is_some_and(|worker| !worker.is_alone())
    }

    /// Before nobody is admitted any more: those that the kernel has connected
    /// already, if there is no other process that will take them.
    pub(super) fn admit_the_last(&mut self) {
        if let Some(held) = self.accepting.held.take() {
            self.admit(held);
        }
        if self.turn.service.pages.worker.is_none() {
            while self.connections.len() < self.accepting.capacity
                && let Some(Ok(accepted)) = self.accepting.listener.as_ref().map(Listener::accept)
            {
                self.admit(accepted);
            }
        }
    }

    /// Whether somebody has to leave before the next one can be let in.
    fn is_full(&mut self) -> bool {
        let (open, most) = (self.connections.len(), self.accepting.capacity);
        if open >= most {
            let what = format_args!("full, {open} connections are open: the idle ones are closed");
            self.accepting.full.say(self.turn.now, what);
        }
        open >= most
    }

    /// Whether the connection that was accepted last has asked for something.
    fn fresh_has_asked(&self) -> bool {
        let Some(fresh) = &self.accepting.fresh else { return false };
        let connection = self.connections.get(fresh.key);
        connection.is_none_or(|connection| !connection.is_silent_since(fresh.accepted))
    }

    fn admit(&mut self, accepted: Accepted) -> Key {
        let Accepted { socket, peer, local } = accepted;
        self.turn.counts.accepted += 1;
        let (turn, registry) = (&self.turn, self.poll.registry());
        let number = socket.number();
        let key = self.connections.insert(|key| Connection::new(key, socket, peer, local, turn));
        let interest = Interest::READABLE | Interest::WRITABLE;
        let token = Token(key.number());
        if let Err(error) = registry.register(&mut SourceFd(&number), token, interest) {
            log::warn!("cannot watch a connection: {error}");
            self.close(key);
        } else if let Some(connection) = self.connections.get_mut(key) {
            self.deadlines.enter(connection.deadline, key);
        }
        key
    }

    /// Out of descriptors, or of memory for sockets: somebody has to leave, and
    /// the next attempt is made a little later.
    fn is_out_of_something(&mut self, error: &io::Error) {
        let (now, open) = (self.turn.now, self.connections.len());
        let what = format_args!("cannot accept a connection, {open} are open: {error}");
        self.accepting.lack.say(now, what);
        self.make_room();
        self.accepting.paused_until = Some(self.turn.now + PAUSE);
    }

    // ANCHOR: make_room
    /// Closes the connection that has waited longest for bytes of its client;
    /// if none waits, the one that has waited longest for its reader. Whether
    /// there was one.
    fn make_room(&mut self) -> bool {
        for _ in 0..2 {
            while let Some((since, key)) = self.accepting.waiting.pop_front() {
                let connection = self.connections.get_mut(key);
                let waits = connection.map_or(Waits::No, |connection| connection.waits());
                if waits == Waits::ForRequest(since) || waits == Waits::ForReader(since) {
                    self.close(key);
                    return true;
                }
            }
            self.list_who_waits();
        }
        false
    }
    // ANCHOR_END: make_room

    /// Looks at everybody, once for many that have to leave: whoever begins to
    /// wait later has waited less long than all on the list.
    fn list_who_waits(&mut self) {
        let (mut requests, mut readers) = (Vec::new(), Vec::new());
        for (key, connection) in self.connections.iter() {
            match connection.waits() {
                Waits::ForRequest(since) => requests.push((since, key)),
                Waits::ForReader(since) if self.turn.now - since > HEAD_START => {
                    readers.push((since, key));
                }
                _ => {}
            }
        }
        let mut waiting = if requests.is_empty() { readers } else { requests };
        waiting.sort_unstable();
        self.accepting.waiting = waiting.into();
    }
}

/// The client has gone before it was accepted, or a signal has come.
fn is_the_clients(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::Interrupted)
}
