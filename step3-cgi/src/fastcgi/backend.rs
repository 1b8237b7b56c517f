//! A FastCGI application as the server knows it: an address, and the
//! connections to it.
//!
//! Chapter 4
//!
//! *Strategy*: a connection that is kept saves a connect for each request. But
//! it has a price that nobody sees: an application such as php-fpm gives a
//! whole process to each connection, also while it is silent. With as many kept
//! connections as processes, whoever else wants to connect waits for ever. So
//! there are three bounds: how many connections are open, how many of them are
//! kept while they have nothing to do, and how long a request waits for one.
//! And while a new connection of ours seems to wait for a process, those that
//! are kept are closed, and those that are done are not kept: that frees one.
//!
//! ```text
//!                 ┌──── kept ◄──── answered ────┐
//!  request ──► take                              exchange ──► closed
//!                 └──── opened, if fewer than `connections` ──┘
//!                 └──── queued for `queue`, then 503
//! ```

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::address::{Address, ConnectError};
use super::fault::Fault;
use super::socket::{Incoming, Socket};

/// How many connections there may be to an application, and how long is waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The most connections at a time; more requests than that wait.
    pub connections: usize,
    /// The most connections that are kept while they have nothing to do. Keep
    /// fewer than the application has processes, if it gives one to each.
    pub keep: usize,
    /// How long a request waits for a connection; then it is answered 503.
    pub queue: Duration,
    /// How long the application may take to its response's head, and from one
    /// piece of its content to the next; then it is answered 504.
    pub timeout: Duration,
    /// The most bytes of an answer that are kept, in a temporary file, while
    /// content is still sent; with more, the request is answered 502.
    pub held: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            connections: 16,
            keep: 4,
            queue: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            // As much as a request may bring.
            held: 1024 * 1024 * 1024,
        }
    }
}

/// A new connection that has waited so long for its first byte is taken to wait
/// for a process.
pub(super) const WAITS: Duration = Duration::from_millis(20);
/// A connection that has been silent for so long is closed.
const SILENT: Duration = Duration::from_secs(2);

/// An application, and the connections to it.
#[derive(Debug)]
pub struct Backend {
    address: Address,
    options: Options,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Connections that are open, kept ones included.
    open: usize,
    kept: Vec<(Link, Instant)>,
    queue: VecDeque<(u64, SyncSender<Slot>)>,
    /// When those connections were opened that have brought nothing yet.
    unanswered: Vec<(u64, Instant)>,
    /// The last number that was given to a link, or to a place in the queue.
    number: u64,
}

/// What a request is given.
#[derive(Debug)]
enum Slot {
    Kept(Link),
    /// Leave to open one.
    New,
}

/// An open connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) socket: Socket,
    pub(super) incoming: Incoming,
    number: u64,
}

/// A connection for one request. It is closed when it is dropped.
#[derive(Debug)]
pub(super) struct Lease {
    backend: Arc<Backend>,
    /// `None` once it was given back.
    link: Option<Link>,
    /// Whether it has served another request before.
    pub(super) is_reused: bool,
    is_answered: bool,
}

impl Backend {
    /// The application at this address.
    #[must_use]
    pub fn new(address: Address, options: Options) -> Self {
        Backend { address, options, state: Mutex::default() }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The bounds.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// A connection for one request: a kept one, else a new one, else the next
    /// one that somebody else is done with.
    pub(super) fn take(self: &Arc<Self>) -> Result<Lease, Fault> {
        let slot = match self.take_now() {
            Ok(slot) => slot,
            Err((place, turn)) => self.wait(place, &turn)?,
        };
        match slot {
            Slot::Kept(link) => Ok(self.lease(link, true)),
            Slot::New => self.open(),
        }
    }

    /// Closes the connections that have been silent for two seconds: when no
    /// requests come, they keep processes from others for nothing.
    pub(super) fn close_silent(&self) {
        let mut state = self.state();
        let before = state.kept.len();
        state.kept.retain(|(_, since)| since.elapsed() < SILENT);
        state.open -= before - state.kept.len();
    }

    fn take_now(&self) -> Result<Slot, (u64, Receiver<Slot>)> {
        let mut state = self.state();
        while let Some((link, since)) = state.kept.pop() {
            if since.elapsed() < SILENT {
                return Ok(Slot::Kept(link));
            }
            state.open -= 1;
        }
        if state.open < self.options.connections {
            state.open += 1;
            return Ok(Slot::New);
        }
        let (sender, turn) = sync_channel(1);
        state.number += 1;
        let place = state.number;
        state.queue.push_back((place, sender));
        Err((place, turn))
    }

    fn wait(&self, place: u64, turn: &Receiver<Slot>) -> Result<Slot, Fault> {
        if let Ok(slot) = turn.recv_timeout(self.options.queue) {
            return Ok(slot);
        }
        let mut state = self.state();
        state.queue.retain(|(other, _)| *other != place);
        // It may have been its turn in this very moment.
        turn.try_recv().map_err(|_| {
            Fault::Overloaded(format!(
                "all {} connections were busy for {} s",
                self.options.connections,
                self.options.queue.as_secs_f32()
            ))
        })
    }

    /// Opens a connection, for which there is leave.
    fn open(self: &Arc<Self>) -> Result<Lease, Fault> {
        let opened = self
            .address
            .connect(self.options.queue)
            .and_then(|fd| Socket::new(fd, self.options.timeout).map_err(ConnectError::Other));
        let socket = opened.map_err(|error| {
            self.state().pass_on(Slot::New);
            match error {
                ConnectError::Full => Fault::Overloaded(error.sentence()),
                ConnectError::TimedOut => Fault::TooSlow(error.sentence()),
                ConnectError::Other(_) => Fault::Down(error.sentence()),
            }
        })?;
        let mut state = self.state();
        state.number += 1;
        let number = state.number;
        state.unanswered.push((number, Instant::now()));
        drop(state);
        Ok(self.lease(Link { socket, incoming: Incoming::default(), number }, false))
    }

    fn lease(self: &Arc<Self>, link: Link, is_reused: bool) -> Lease {
        let backend = Arc::clone(self);
        Lease { backend, link: Some(link), is_reused, is_answered: is_reused }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Gives a slot to whoever waits longest; else it is kept, or free again.
    fn pass_on(&mut self, mut slot: Slot) {
        while let Some((_, sender)) = self.queue.pop_front() {
            match sender.send(slot) {
                Ok(()) => return,
                Err(unsent) => slot = unsent.0,
            }
        }
        match slot {
            Slot::Kept(link) => self.kept.push((link, Instant::now())),
            Slot::New => self.open -= 1,
        }
    }

    // ANCHOR: is_worth_keeping
    /// Whether a connection that is done should stay open.
    fn is_worth_keeping(&self, options: &Options) -> bool {
        // One of ours was opened a while ago and nobody has answered: perhaps
        // all processes sit on connections like this one.
        let somebody_waits = self.unanswered.iter().any(|(_, since)| since.elapsed() > WAITS);
        !somebody_waits && (!self.queue.is_empty() || self.kept.len() < options.keep)
    }
    // ANCHOR_END: is_worth_keeping

    fn is_answered(&mut self, number: u64) {
        self.unanswered.retain(|(other, _)| *other != number);
    }
}

impl Lease {
    /// The connection.
    pub(super) fn link(&mut self) -> &mut Link {
        self.link.as_mut().expect("a lease has its link until it is given back")
    }

    /// Whether anything has come over this connection, ever.
    pub(super) fn has_been_answered(&self) -> bool {
        self.is_answered
    }

    // ANCHOR: free_kept
    /// Nothing has come for [`WAITS`]: perhaps all processes sit on connections
    /// that have nothing to do.
    pub(super) fn free_kept(&self) {
        let mut state = self.backend.state();
        state.open -= state.kept.len();
        state.kept.clear();
    }
    // ANCHOR_END: free_kept

    /// Notes that bytes have come.
    pub(super) fn is_answered(&mut self) {
        if !std::mem::replace(&mut self.is_answered, true)
            && let Some(link) = &self.link
        {
            self.backend.state().is_answered(link.number);
        }
    }

    /// Gives the connection back, to be used for another request.
    pub(super) fn give_back(mut self) {
        let Some(mut link) = self.link.take() else { return };
        link.incoming.rest();
        let mut state = self.backend.state();
        state.is_answered(link.number);
        if state.is_worth_keeping(&self.backend.options) {
            state.pass_on(Slot::Kept(link));
        } else {
            drop(link);
            state.pass_on(Slot::New);
        }
    }

    /// The kept connection turned out to be closed: a new one in its place. The
    /// other kept ones may be closed too, if the application was restarted.
    pub(super) fn reopen(mut self) -> Result<Lease, Fault> {
        self.link = None;
        let mut state = self.backend.state();
        let before = state.kept.len();
        state.kept.retain(|(link, _)| !link.socket.is_stale());
        state.open -= before - state.kept.len();
        drop(state);
        // Without a link there is nothing that dropping it would give back.
        self.backend.open()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            let mut state = self.backend.state();
            state.is_answered(link.number);
            drop(link);
            state.pass_on(Slot::New);
        }
    }
}
