//! Who has to be looked at, and when, even if nothing happens.
//!
//! Chapter 6
//!
//! *Strategy*: each connection knows its deadline and may move it at any time,
//! for nothing. Here is only a heap of times to look at a connection. Whoever is
//! looked at too early, because its deadline has moved on since, is entered
//! anew; so a busy connection costs one entry every few seconds, and not one a
//! request. The entry of a connection that has gone stays until its time comes,
//! or until there are twice as many as when it was last cleared up: so a million
//! short connections are not remembered.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use super::slots::Key;

/// For fewer entries it is not worth while to clear up.
const FEW: usize = 1024;

/// The times at which connections are looked at.
#[derive(Debug)]
pub(super) struct Deadlines {
    heap: BinaryHeap<Reverse<(Instant, Key)>>,
    /// With so many entries it is time to clear up.
    many: usize,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines { heap: BinaryHeap::new(), many: FEW }
    }
}

impl Deadlines {
    /// Enters a time to look at a connection.
    pub(super) fn enter(&mut self, at: Instant, key: Key) {
        self.heap.push(Reverse((at, key)));
    }

    /// Forgets those that are gone, if there are many.
    pub(super) fn clear_up(&mut self, is_there: impl Fn(Key) -> bool) {
        if self.heap.len() >= self.many {
            self.heap.retain(|Reverse((_, key))| is_there(*key));
            self.many = FEW.max(self.heap.len() * 2);
        }
    }

    /// The next connection whose time has come.
    pub(super) fn due(&mut self, now: Instant) -> Option<Key> {
        let Reverse((at, key)) = *self.heap.peek()?;
        if at > now {
            return None;
        }
        self.heap.pop();
        Some(key)
    }

    /// How long the loop may sleep; `None`: until something happens.
    pub(super) fn patience(&self, now: Instant) -> Option<Duration> {
        let Reverse((at, _)) = self.heap.peek()?;
        Some(at.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_is_due_first_and_nobody_before_its_time() {
        let (mut deadlines, now) = (Deadlines::default(), Instant::now());
        let keys = [1, 2].map(Key::from_number);
        deadlines.enter(now + Duration::from_secs(2), keys[0]);
        deadlines.enter(now + Duration::from_secs(1), keys[1]);
        assert_eq!(deadlines.patience(now), Some(Duration::from_secs(1)));
        assert_eq!(deadlines.due(now), None);
        let later = now + Duration::from_secs(3);
        assert_eq!([deadlines.due(later), deadlines.due(later)], [Some(keys[1]), Some(keys[0])]);
        assert_eq!((deadlines.due(later), deadlines.patience(later)), (None, None));
    }

    #[test]
    fn whoever_has_gone_is_forgotten_and_whoever_stays_is_not() {
        let (mut deadlines, now) = (Deadlines::default(), Instant::now());
        let stays = Key::from_number(7);
        deadlines.enter(now + Duration::from_secs(20), stays);
        for number in 0..100_000 {
            deadlines.enter(now + Duration::from_secs(10), Key::from_number(1000 + number));
            deadlines.clear_up(|key| key == stays);
            assert!(deadlines.heap.len() <= FEW);
        }
        deadlines.clear_up(|_| true);
        let later = now + Duration::from_secs(20);
        let due: Vec<_> = std::iter::from_fn(|| deadlines.due(later)).collect();
        assert_eq!(due.last(), Some(&stays));
    }
}
