//! How many programs may run at a time.
//!
//! Chapter 4
//!
//! *Strategy*: whoever starts a program takes a slot first and gives it back
//! when the process is gone. Nobody waits for one: a client that is told to try
//! again (503) holds no connection meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A number of slots.
#[derive(Debug)]
pub(crate) struct Limit {
    free: Arc<AtomicUsize>,
}

/// The right to run one program.
#[derive(Debug)]
pub(crate) struct Slot {
    free: Arc<AtomicUsize>,
}

impl Limit {
    pub(crate) fn new(most: usize) -> Self {
        Limit { free: Arc::new(AtomicUsize::new(most)) }
    }

    /// A slot, if one is free.
    pub(crate) fn slot(&self) -> Option<Slot> {
        let taken = self
            .free
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| free.checked_sub(1));
        taken.is_ok().then(|| Slot { free: Arc::clone(&self.free) })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.free.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_that_is_given_back_can_be_taken_again() {
        let limit = Limit::new(2);
        let first = limit.slot();
        let second = limit.slot();
        assert!(first.is_some() && second.is_some() && limit.slot().is_none());
        drop(first);
        assert!(limit.slot().is_some());
    }
}
