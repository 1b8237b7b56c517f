//! The connections that are open now: all that connections share.
//!
//! Chapter 3 · RFC 9112 §9.5
//!
//! *Strategy*: each connection is in the register while it lives, and says
//! there whether it waits for request bytes. So whoever stops the server can
//! end those that wait and leave those that answer; and when the server is
//! full, the one that has waited longest makes room. A connection is ended from
//! outside by shutting its socket down: the thread that reads it wakes up, finds
//! the end, and goes its normal way out.

use std::collections::HashMap;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The register of open connections, with room for a fixed number.
#[derive(Debug)]
pub struct OpenConnections {
    entries: Mutex<Entries>,
    changed: Condvar,
    stopping: AtomicBool,
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
    /// Milliseconds since the register was born, or [`BUSY`].
    waiting_since: AtomicU64,
}

const BUSY: u64 = u64::MAX;

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
            capacity: capacity.max(1),
            born: Instant::now(),
        }
    }

    /// Enters a connection, as soon as there is room for it; `None` when the
    /// server is stopping.
    pub fn admit(&self, stream: TcpStream, peer: Option<SocketAddr>) -> Option<OpenConnection<'_>> {
        let mut entries = self.lock();
        while entries.open.len() >= self.capacity && !self.is_stopping() {
            end_longest_waiting(&entries);
            entries = self.wait(entries, Duration::from_secs(1));
        }
        if self.is_stopping() {
            return None;
        }
        let entry = Arc::new(Entry { stream, waiting_since: AtomicU64::new(self.now()) });
        let key = entries.next;
        entries.next += 1;
        entries.open.insert(key, Arc::clone(&entry));
        Some(OpenConnection { register: self, key, entry, peer })
    }

    /// Ends the connection that has waited longest, and waits until any one is
    /// gone: for a server that is out of descriptors or threads.
    pub fn make_room(&self) {
        let entries = self.lock();
        end_longest_waiting(&entries);
        drop(self.wait(entries, Duration::from_millis(100)));
    }

    /// Ends all connections that wait for a request, and each other one after
    /// its answer. Nobody is admitted any more.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for entry in self.lock().open.values() {
            if entry.waiting_since.load(Ordering::SeqCst) != BUSY {
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
                log::warn!(
                    "{} connections were cut off: not done within {grace:?}",
                    entries.open.len()
                );
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

    /// How many connections are open.
    pub fn len(&self) -> usize {
        self.lock().open.len()
    }

    /// Whether none is open.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn now(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(BUSY - 1)
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

fn end_longest_waiting(entries: &Entries) {
    let since = |entry: &&Arc<Entry>| entry.waiting_since.load(Ordering::SeqCst);
    let waiting = entries.open.values().filter(|entry| since(entry) != BUSY);
    if let Some(entry) = waiting.min_by_key(since) {
        let _ = entry.stream.shutdown(Shutdown::Both);
    }
}

impl OpenConnection<'_> {
    /// The socket.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        &self.entry.stream
    }

    /// Notes that the connection waits for request bytes from now on.
    pub fn waits(&self) {
        self.entry.waiting_since.store(self.register.now(), Ordering::SeqCst);
    }

    /// Notes that a request has come and is being answered.
    pub fn answers(&self) {
        self.entry.waiting_since.store(BUSY, Ordering::SeqCst);
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
