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
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
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
    born: Instant,
}

#[derive(Debug, Default)]
struct Entries {
    open: HashMap<u64, Arc<Entry>>,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    stream: TcpStream,
    activity: AtomicU8,
    /// Since when, in microseconds since the register was born.
    since: AtomicU64,
    /// The bytes that were sent since then.
    sent: AtomicU64,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
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
            born: Instant::now(),
        }
    }

    // ANCHOR: admit
    /// Enters a connection, as soon as there is room for it; `None` when the
    /// server is stopping.
    pub fn admit(&self, stream: TcpStream, peer: Option<SocketAddr>) -> Option<OpenConnection<'_>> {
        let mut entries = self.lock();
        while entries.open.len() >= self.capacity && !self.is_stopping() {
            self.end_one(&entries);
            entries = self.wait(entries, HEAD_START);
        }
        if self.is_stopping() {
            return None;
        }
        let entry = Arc::new(Entry {
            stream,
            activity: AtomicU8::new(0),
            since: AtomicU64::new(self.now()),
            sent: AtomicU64::new(0),
        });
        let key = entries.next;
        entries.next += 1;
        entries.open.insert(key, Arc::clone(&entry));
        Some(OpenConnection { register: self, key, entry, peer })
    }
    // ANCHOR_END: admit

    /// Ends one connection, if one can be ended, and waits until any is gone: for a server that is out of descriptors or threads.
    pub fn make_room(&self) {
        let entries = self.lock();
        self.end_one(&entries);
        drop(self.wait(entries, Duration::from_millis(100)));
    }

    /// Ends all connections that wait for a request, and each other one after
    /// its answer. Nobody is admitted any more.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for entry in self.lock().open.values() {
            if entry.does(Activity::AwaitsHead) {
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
        let mut entries = self.lock();
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
        for entry in self.lock().open.values() {
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
        self.lock().open.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // ANCHOR: end_one
    /// Ends the connection that has waited longest for request bytes; if none
    /// waits, the one that sends slowest, unless it has only begun.
    fn end_one(&self, entries: &Entries) {
        let now = self.now();
        let since = |entry: &Entry| entry.since.load(Ordering::Relaxed);
        let awaits = |entry: &&Arc<Entry>| {
            entry.does(Activity::AwaitsHead) || entry.does(Activity::AwaitsContent)
        };
        let slow = |entry: &&Arc<Entry>| {
            entry.does(Activity::Sends)
                && u128::from(now.saturating_sub(since(entry))) > HEAD_START.as_micros()
        };
        let pace = |entry: &&Arc<Entry>| {
            let milliseconds = now.saturating_sub(since(entry)) / 1000;
            entry.sent.load(Ordering::Relaxed) / milliseconds.max(1)
        };
        let longest_waiting = entries.open.values().filter(awaits).min_by_key(|entry| since(entry));
        let slowest = || entries.open.values().filter(slow).min_by_key(pace);
        if let Some(entry) = longest_waiting.or_else(slowest) {
            let _ = entry.stream.shutdown(Shutdown::Both);
        }
    }
    // ANCHOR_END: end_one

    fn now(&self) -> u64 {
        self.moment(Instant::now())
    }

    /// In microseconds since the register was born.
    fn moment(&self, time: Instant) -> u64 {
        let age = time.saturating_duration_since(self.born);
        age.as_secs() * 1_000_000 + u64::from(age.subsec_micros())
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(
        &self,
        entries: MutexGuard<'g, Entries>,
        limit: Duration,
    ) -> MutexGuard<'g, Entries> {
        self.changed.wait_timeout(entries, limit).unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Entry {
    fn does(&self, activity: Activity) -> bool {
        self.activity.load(Ordering::SeqCst) == activity as u8
    }
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
        let may_tell = version >= Version::HTTP_11 && self.does(Activity::Answers);
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
        self.entry.since.store(self.register.moment(since), Ordering::Relaxed);
        self.entry.sent.store(0, Ordering::Relaxed);
        // Last, and in one order with `stop`: either the stop sees that this
        // connection waits, or this connection sees that it is the last.
        self.entry.activity.store(activity as u8, Ordering::SeqCst);
    }

    /// Notes that so many bytes of a response were sent.
    pub fn sent(&self, bytes: usize) {
        self.entry.sent.fetch_add(bytes as u64, Ordering::Relaxed);
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
        self.register.lock().open.remove(&self.key);
        self.register.changed.notify_all();
    }
}
