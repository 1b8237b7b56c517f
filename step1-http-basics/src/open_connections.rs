//! The connections that are open now: all that connections share.
//!
//! Chapter 3 · RFC 9112 §9.5
//!
//! *Strategy*: each connection is in the register while it lives, and says
//! there what it does: wait for request bytes, answer, or send. So whoever stops
//! the server can end those that wait for a request and leave the others; and
//! when the server is full, the one that has waited longest makes room, or, if
//! none waits, the one whose client reads slowest. A connection is ended from
//! outside by shutting its socket down: the thread that uses it wakes up, finds
//! the end, and goes its normal way out.

use std::collections::HashMap;
use std::net::{Shutdown, SocketAddr, TcpStream};
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::Version;

use crate::encode::CONTINUE;
use crate::presence::{self, Presence, Sight, Watched};

/// The register of open connections, with room for a fixed number.
#[derive(Debug)]
pub struct OpenConnections {
    entries: Mutex<Entries>,
    changed: Condvar,
    stopping: AtomicBool,
    cut_off: AtomicBool,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Entries {
    open: HashMap<u64, Arc<Entry>>,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    stream: TcpStream,
    state: Mutex<State>,
}

/// What a connection does, since when, and how many bytes it has sent since then.
#[derive(Debug, Clone, Copy)]
struct State {
    activity: Activity,
    since: Instant,
    sent: u64,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It waits for a request, or for the rest of its head.
    AwaitsHead,
    /// It waits for the content of a request.
    AwaitsContent,
    /// The handler works.
    Answers,
    /// The response is being sent.
    Sends,
}

/// How long a response is sent before its pace is judged.
const HEAD_START: Duration = Duration::from_secs(1);

/// One open connection; it leaves the register when this is dropped.
#[derive(Debug)]
pub struct OpenConnection<'r> {
    register: &'r OpenConnections,
    key: u64,
    entry: Arc<Entry>,
    /// The address of the other side, if it could be told.
    pub peer: Option<SocketAddr>,
}

impl OpenConnections {
    /// A register with room for `capacity` connections, one at least.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        OpenConnections {
            entries: Mutex::default(),
            changed: Condvar::new(),
            stopping: AtomicBool::new(false),
            cut_off: AtomicBool::new(false),
            capacity: capacity.max(1),
        }
    }

    // ANCHOR: admit
    /// Enters a connection, as soon as there is room for it; `None` when the
    /// server is stopping.
    pub fn admit(&self, stream: TcpStream, peer: Option<SocketAddr>) -> Option<OpenConnection<'_>> {
        let mut entries = lock(&self.entries);
        while entries.open.len() >= self.capacity && !self.is_stopping() {
            end_one(&entries);
            entries = self.wait(entries, HEAD_START);
        }
        if self.is_stopping() {
            return None;
        }
        let state = State { activity: Activity::AwaitsHead, since: Instant::now(), sent: 0 };
        let entry = Arc::new(Entry { stream, state: Mutex::new(state) });
        let key = entries.next;
        entries.next += 1;
        entries.open.insert(key, Arc::clone(&entry));
        Some(OpenConnection { register: self, key, entry, peer })
    }
    // ANCHOR_END: admit

    /// Ends one connection, if one can be ended, and waits a moment until any is
    /// gone: for a server that is out of descriptors or threads.
    pub fn make_room(&self) {
        let entries = lock(&self.entries);
        end_one(&entries);
        drop(self.wait(entries, Duration::from_millis(100)));
    }

    /// Ends all connections that wait for a request, and each other one after
    /// its answer. Nobody is admitted any more.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for entry in lock(&self.entries).open.values() {
            if entry.state().activity == Activity::AwaitsHead {
                let _ = entry.stream.shutdown(Shutdown::Read);
            }
        }
        self.changed.notify_all();
    }

    /// Whether [`stop`](Self::stop) was called.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Waits until no connection is open, and cuts off those that are left
    /// after `grace`.
    pub fn wait_until_empty(&self, grace: Duration) {
        let deadline = Instant::now() + grace;
        let mut entries = lock(&self.entries);
        while !entries.open.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                if !self.cut_off.swap(true, Ordering::SeqCst) {
                    let left = entries.open.len();
                    let were = if left == 1 { "connection was" } else { "connections were" };
                    log::warn!("{left} {were} cut off: not done within {grace:?}");
                }
                drop(entries);
                return self.cut_off();
            }
            entries = self.wait(entries, left);
        }
    }

    /// Ends all connections at once, whatever they do.
    pub fn cut_off(&self) {
        for entry in lock(&self.entries).open.values() {
            let _ = entry.stream.shutdown(Shutdown::Both);
        }
    }

    /// How many connections there is room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many connections are open.
    pub fn len(&self) -> usize {
        lock(&self.entries).open.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn wait<'g>(
        &self,
        entries: MutexGuard<'g, Entries>,
        limit: Duration,
    ) -> MutexGuard<'g, Entries> {
        self.changed.wait_timeout(entries, limit).unwrap_or_else(PoisonError::into_inner).0
    }
}

// ANCHOR: end_one
/// Ends the connection that has waited longest for request bytes; if none
/// waits, the one that sends slowest, unless it has only begun.
fn end_one(entries: &Entries) {
    let now = Instant::now();
    let states = || entries.open.values().map(|entry| (entry, entry.state()));
    let awaits =
        |state: &State| matches!(state.activity, Activity::AwaitsHead | Activity::AwaitsContent);
    let age = |state: &State| now.saturating_duration_since(state.since);
    let slow = |state: &State| state.activity == Activity::Sends && age(state) > HEAD_START;
    let pace = |state: &State| u128::from(state.sent) / age(state).as_millis().max(1);
    let longest_waiting =
        states().filter(|(_, state)| awaits(state)).min_by_key(|(_, state)| state.since);
    let slowest = || states().filter(|(_, state)| slow(state)).min_by_key(|(_, state)| pace(state));
    if let Some((entry, _)) = longest_waiting.or_else(slowest) {
        let _ = entry.stream.shutdown(Shutdown::Both);
    }
}
// ANCHOR_END: end_one

impl Entry {
    fn state(&self) -> State {
        *lock(&self.state)
    }
}

/// A thread that panicked has left nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched for Entry {
    #[cfg(unix)]
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.stream.as_fd())
    }

    #[cfg(unix)]
    fn look(&self, version: Version) -> Sight {
        use rustix::net::{SendFlags, send};

        let sight = presence::look_at(&self.stream);
        // Before the response and never within it: RFC 9110 §15.2.
        let may_tell = version >= Version::HTTP_11 && self.state().activity == Activity::Answers;
        if sight == Sight::HalfClosed && may_tell {
            let sent = send(&self.stream, CONTINUE, SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
            // Half an interim response would spoil the one that follows.
            if sent != Ok(CONTINUE.len()) {
                return Sight::Gone;
            }
        }
        sight
    }

    #[cfg(not(unix))]
    fn look(&self, _: Version) -> Sight {
        Sight::Here
    }
}

impl OpenConnection<'_> {
    /// The socket.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        &self.entry.stream
    }

    /// Notes what the connection does from now on.
    pub fn does(&self, activity: Activity) {
        self.does_since(activity, Instant::now());
    }

    /// Notes what the connection does since a moment ago.
    pub fn does_since(&self, activity: Activity, since: Instant) {
        // Either a stop sees that this connection waits, or this connection
        // sees that it is the last: `stop` looks here after it has said so.
        *lock(&self.entry.state) = State { activity, since, sent: 0 };
    }

    /// Notes that so many bytes of a response were sent.
    pub fn sent(&self, bytes: usize) {
        lock(&self.entry.state).sent += bytes as u64;
    }

    /// The client, for a handler that wants to know whether it is still there.
    #[must_use]
    pub fn presence(&self, version: Version) -> Presence {
        Presence::new(Arc::clone(&self.entry) as Arc<dyn Watched>, version)
    }

    /// Whether the server is stopping, so that no further request is awaited.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.register.is_stopping()
    }
}

impl Drop for OpenConnection<'_> {
    fn drop(&mut self) {
        lock(&self.register.entries).open.remove(&self.key);
        self.register.changed.notify_all();
    }
}
