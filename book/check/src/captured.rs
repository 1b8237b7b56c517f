//! What a program that keeps running has printed so far, and waiting for more of it.
//!
//! *Strategy*: one thread reads the pipe; whoever waits for a line is woken when bytes come. Nobody
//! looks again and again.

use std::io::Read;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a program has printed so far.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    ended: bool,
}

/// How waiting ended.
pub(crate) enum Wait {
    /// What was waited for is there.
    Seen,
    /// The program has closed its output.
    Ended,
    /// The deadline is past.
    Expired,
}

impl Captured {
    /// Reads until the program has closed its output.
    pub(crate) fn read_from(&self, mut reader: impl Read) {
        let mut buffer = [0; 8192];
        while let Ok(n @ 1..) = reader.read(&mut buffer) {
            self.lock().bytes.extend(&buffer[..n]);
            self.changed.notify_all();
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Whoever panicked while holding the lock has left whole bytes behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        let state = self.lock();
        String::from_utf8_lossy(&state.bytes).into_owned()
    }

    /// Waits until `is_seen` is true of it, at most until `deadline`.
    pub(crate) fn wait_for(&self, deadline: Duration, is_seen: impl Fn(&str) -> bool) -> Wait {
        let end = Instant::now() + deadline;
        let mut state = self.lock();
        loop {
            if is_seen(&String::from_utf8_lossy(&state.bytes)) {
                return Wait::Seen;
            }
            let left = end.saturating_duration_since(Instant::now());
            if state.ended || left.is_zero() {
                return if state.ended { Wait::Ended } else { Wait::Expired };
            }
            state =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
