//! The worker's side: where its socket comes from, and whom it reports to.
//!
//! Chapter 6
//!
//! *Strategy*: a worker serves like a server that is alone. One thread more
//! waits for words of the master; when the master is gone, the worker finishes
//! too, so that nobody is left behind. The sign of life comes from the loop
//! itself: a thread of its own would go on beating while the loop hangs.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::channel::{Channel, Received};
use super::messages::{FromMaster, FromWorker};
use crate::listen::Listener;
use crate::metrics::Counts;
use crate::shutdown::Stop;

/// This process, as one of several.
#[derive(Debug)]
pub(crate) struct Worker {
    channel: Channel,
    /// After so many requests it has done enough.
    enough: Option<u64>,
    has_said_enough: AtomicBool,
    table: Mutex<String>,
    is_alone: AtomicBool,
}

impl Worker {
    /// Takes up the work that the master has started this process for.
    ///
    /// # Errors
    /// When no master has.
    pub(crate) fn take_up(enough: Option<u64>) -> io::Result<(Self, Listener)> {
        let channel = Channel::from_standard_input()?;
        let listener = Listener::inherited(channel.take()?)?;
        let (has_said_enough, table, is_alone) = Default::default();
        Ok((Worker { channel, enough, has_said_enough, table, is_alone }, listener))
    }

    // ANCHOR: serve
    /// Serves until the master says that it is over, or is gone.
    pub(crate) fn serve<T>(&self, what: &str, stop: &Stop, serve: impl FnOnce() -> T) -> T {
        thread::scope(|scope| {
            scope.spawn(|| self.heed_the_master(stop));
            self.channel.tell_master(&FromWorker::Ready(what.to_owned()));
            let served = serve();
            self.channel.close();
            served
        })
    }
    // ANCHOR_END: serve

    fn heed_the_master(&self, stop: &Stop) {
        loop {
            match self.channel.wait_for_master() {
                Received::Message(FromMaster::Drain) => stop.drain(),
                Received::Message(FromMaster::Finish) => stop.finish(),
                Received::Message(FromMaster::Now) => stop.now(),
                Received::Message(FromMaster::Table(workers, table)) => {
                    self.is_alone.store(workers == 1, Ordering::Relaxed);
                    *self.table.lock().unwrap_or_else(PoisonError::into_inner) = table;
                }
                Received::Nothing => {}
                Received::End => return stop.finish(),
            }
        }
    }

    /// The loop goes round: a sign of life.
    pub(crate) fn beat(&self, counts: Counts) {
        self.channel.tell_master(&FromWorker::Alive(counts));
        if self.enough.is_some_and(|enough| counts.requests >= enough)
            && !self.has_said_enough.swap(true, Ordering::Relaxed)
        {
            self.channel.tell_master(&FromWorker::Enough);
        }
    }

    /// Whether the master last said that there is no other.
    pub(crate) fn is_alone(&self) -> bool {
        self.is_alone.load(Ordering::Relaxed)
    }

    /// What all the workers are doing, as the master last said.
    pub(crate) fn table(&self) -> String {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
