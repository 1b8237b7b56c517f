//! Answers that are made in one round of the loop leave together.
//!
//! Chapter 6
//!
//! *Strategy*: whoever waits for an answer sleeps, and to wake somebody costs the
//! kernel more than to send. Often one program has many of the connections: a
//! proxy on the same machine. If each answer is sent as soon as it is made, the
//! proxy is woken for each, and sleeps again before the next one is there. So an
//! answer is held while others are made that have been asked for already; then
//! all leave, one right after the other, and the proxy wakes once.
//!
//! Nobody should notice the wait. An answer that took long is not held, because
//! the next one may take as long, and none is held for longer than [`MOST`] plus
//! the time of one answer more, or one piece: as long as any is held, a turn
//! ends with that. Nor is one held that was made in no time: the
//! next will be there before anybody can fall asleep.

use std::ops::Range;
use std::time::{Duration, Instant};

use super::slots::Key;

// ANCHOR: rules
/// How long an answer took to make that is worth holding.
const WORTH_IT: Range<Duration> = Duration::from_micros(7)..MOST;
/// When those that are held leave, though others are still to be made. (With half a
/// millisecond a request costs 1 % less, and the slowest clients wait 15 % longer.)
const MOST: Duration = Duration::from_micros(200);

/// Whether an answer that took so long to make should wait for others.
pub(super) fn is_worth_it(took: Duration) -> bool {
    WORTH_IT.contains(&took)
}
// ANCHOR_END: rules

/// Connections whose answers are held.
#[derive(Debug, Default)]
pub(super) struct Held {
    keys: Vec<Key>,
    since: Option<Instant>,
}

impl Held {
    pub(super) fn hold(&mut self, key: Key, now: Instant) {
        self.since.get_or_insert(now);
        self.keys.push(key);
    }

    /// Whether the first of them has waited long enough.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.since.is_some_and(|since| now.saturating_duration_since(since) >= MOST)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether an answer has not left that was held.
    pub(super) fn is_waiting(&self) -> bool {
        self.since.is_some()
    }

    /// All of them, to be sent now.
    pub(super) fn take(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.keys)
    }

    /// What was taken has left.
    pub(super) fn are_gone(&mut self) {
        self.since = None;
    }
}
