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
//! And while a new connection of ours seems to wait for a process, one that is
//! kept is closed for it, or else the next one that is done: that frees one.
//!
//! A request that waits is a thread that sleeps, and waking it takes a while. So
//! whoever is done with a connection sends the next request over it *before*
//! waking its thread: the application works meanwhile, and where the processor
//! is busy the thread wakes up to find the answer there.
//!
//! ```text
//!                 ┌──── kept ◄──── answered ────┐
//!  request ──► take                              exchange ──► closed
//!                 └──── opened, if fewer than `connections` ──┘
//!                 └──── queued for `queue`, then 503
//! ```

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::address::Address;
use super::fault::Fault;
use super::lease::{Lease, Link};
use super::socket::Socket;

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
pub const WAITS: Duration = Duration::from_millis(20);
/// After so many requests a connection is closed, as with nginx: each leads to one
/// process, and so all of them have their share of the work.
pub const MOST_REQUESTS: usize = 1000;
/// A connection that has been silent for so long is closed.
pub const SILENT: Duration = Duration::from_secs(2);

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
    queue: VecDeque<Waiting>,
    /// When those connections were opened, or helped, that have brought nothing yet.
    unanswered: Vec<(u64, Instant)>,
    /// The last number that was given to a link, or to a place in the queue.
    number: u64,
}

/// A request that waits for a connection.
#[derive(Debug)]
struct Waiting {
    place: u64,
    /// What is sent for it once there is a connection, if that does no harm twice.
    records: Option<Arc<Vec<u8>>>,
    turn: SyncSender<Slot>,
}

/// What a request is given.
#[derive(Debug)]
enum Slot {
    /// A connection, and how much of the request was sent over it already.
    Kept(Link, Option<io::Result<usize>>),
    /// Leave to open one.
    New,
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
    /// one that somebody else is done with. These records begin the request, if
    /// it may be sent again.
    pub(super) fn take(self: &Arc<Self>, records: Option<&Arc<Vec<u8>>>) -> Result<Lease, Fault> {
        let slot = match self.take_now(records) {
            Ok(slot) => slot,
            Err((place, turn)) => self.wait(place, &turn)?,
        };
        match slot {
            Slot::Kept(link, sent) => Ok(Lease::new(self, link, sent)),
            Slot::New => self.open(),
        }
    }

    /// Closes the connections that have been silent for two seconds: when no
    /// requests come, they keep processes from others for nothing.
    pub(super) fn close_silent(&self) {
        self.close_kept(|_, since| since.elapsed() >= SILENT);
    }

    // ANCHOR: free_kept
    /// Nothing has come over a new connection for [`WAITS`]: it is helped at once
    /// if a connection has nothing to do.
    pub(super) fn free_kept(&self) {
        let mut state = self.state();
        while !state.kept.is_empty() && state.helps_somebody() {
            state.kept.remove(0);
            state.open -= 1;
        }
    }
    // ANCHOR_END: free_kept

    /// A kept connection turned out to be closed. If the application was
    /// restarted, the others are too.
    pub(super) fn close_stale(&self) {
        self.close_kept(|link, _| link.socket.is_stale());
    }

    fn close_kept(&self, which: impl Fn(&Link, &Instant) -> bool) {
        let mut state = self.state();
        let before = state.kept.len();
        state.kept.retain(|(link, since)| !which(link, since));
        state.open -= before - state.kept.len();
    }

    fn take_now(&self, records: Option<&Arc<Vec<u8>>>) -> Result<Slot, (u64, Receiver<Slot>)> {
        let mut state = self.state();
        while let Some((link, since)) = state.kept.pop() {
            if since.elapsed() < SILENT {
                return Ok(Slot::Kept(link, None));
            }
            state.open -= 1;
        }
        if state.open < self.options.connections {
            state.open += 1;
            return Ok(Slot::New);
        }
        let (sender, turn) = sync_channel(1);
        let place = state.next_number();
        state.queue.push_back(Waiting { place, records: records.cloned(), turn: sender });
        Err((place, turn))
    }

    fn wait(&self, place: u64, turn: &Receiver<Slot>) -> Result<Slot, Fault> {
        if let Ok(slot) = turn.recv_timeout(self.options.queue) {
            return Ok(slot);
        }
        let overloaded = || {
            Fault::Overloaded(format!(
                "all {} connections were busy for {} s",
                self.options.connections,
                self.options.queue.as_secs_f32()
            ))
        };
        let mut state = self.state();
        let Some(at) = state.queue.iter().position(|it| it.place == place) else {
            drop(state);
            // Its turn came in this very moment.
            return turn.recv().map_err(|_| overloaded());
        };
        state.queue.remove(at);
        Err(overloaded())
    }

    /// Opens a connection, for which there is leave.
    pub(super) fn open(self: &Arc<Self>) -> Result<Lease, Fault> {
        let socket = self.address.connect(self.options.queue);
        let socket = socket.inspect_err(|_| self.give_leave())?;
        let mut state = self.state();
        let number = state.next_number();
        state.unanswered.push((number, Instant::now()));
        Ok(Lease::new(self, Link::new(Socket::new(socket), number), None))
    }

    // ANCHOR: give_back
    /// A connection over which a request was answered: whoever waits longest has
    /// it next; else it is kept.
    pub(super) fn give_back(&self, link: Link) {
        let mut state = self.state();
        state.is_answered(link.number);
        if link.requests >= MOST_REQUESTS || !state.is_worth_keeping(&self.options) {
            drop(state);
            return self.close(link);
        }
        let Some(next) = state.queue.pop_front() else {
            return state.kept.push((link, Instant::now()));
        };
        // Whoever wakes up must not find the lock taken.
        drop(state);
        let sent = next.records.map(|records| link.socket.send_now(&records));
        // Whoever has lost its place in the queue waits until this comes.
        let _ = next.turn.send(Slot::Kept(link, sent));
    }
    // ANCHOR_END: give_back

    /// A connection that serves no further request.
    pub(super) fn close(&self, link: Link) {
        self.is_answered(link.number);
        drop(link);
        self.give_leave();
    }

    /// There may be one connection more: whoever waits longest may open it.
    fn give_leave(&self) {
        let mut state = self.state();
        let Some(next) = state.queue.pop_front() else { return state.open -= 1 };
        drop(state);
        let _ = next.turn.send(Slot::New);
    }

    /// The link with this number has brought something, or never will.
    pub(super) fn is_answered(&self, number: u64) {
        self.state().is_answered(number);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    // ANCHOR: is_worth_keeping
    /// Whether a connection that is done should stay open.
    fn is_worth_keeping(&mut self, options: &Options) -> bool {
        !self.helps_somebody() && (!self.queue.is_empty() || self.kept.len() < options.keep)
    }

    /// Whether to close a connection helps another: that was opened a while ago and
    /// nobody has answered, so perhaps all processes sit on connections like this
    /// one. Each is helped once, and again if it still waits then.
    fn helps_somebody(&mut self) -> bool {
        let waits = self.unanswered.iter_mut().find(|(_, since)| since.elapsed() >= WAITS);
        waits.map(|(_, since)| *since = Instant::now()).is_some()
    }
    // ANCHOR_END: is_worth_keeping

    fn is_answered(&mut self, number: u64) {
        self.unanswered.retain(|(other, _)| *other != number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn no_more_connections_are_kept_than_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let _listener = UnixListener::bind(&path).unwrap();
        let options = Options { connections: 8, keep: 2, ..Options::default() };
        let backend = Arc::new(Backend::new(Address::Unix(path), options));
        let leases: Vec<_> = (0..8).map(|_| backend.take(None).unwrap()).collect();
        assert_eq!(backend.state().open, 8);
        leases.into_iter().for_each(Lease::give_back);
        let state = backend.state();
        assert!(state.kept.len() <= 2, "{} are kept", state.kept.len());
        assert_eq!(state.open, state.kept.len());
    }
}
