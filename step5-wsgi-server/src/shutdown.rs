//! How the server is told to end.
//!
//! Chapter 6
//!
//! *Strategy*: a stop has two phases. At first nobody is admitted any more, and
//! what is under way is finished; then everything ends at once. Whoever wants
//! the stop, another thread or a signal, sets the phase and wakes the loop,
//! which does the rest itself.

use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use mio::Waker;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// The server serves.
    Serve,
    /// It finishes what is under way.
    Finish,
    /// It ends now.
    Now,
}

/// Stops a server, from any thread.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    phase: AtomicU8,
    waker: OnceLock<Arc<Waker>>,
}

impl Stop {
    /// Finishes what is under way, then ends. The second time: ends at once.
    pub fn stop(&self) {
        let next = match self.phase() {
            Phase::Serve => Phase::Finish,
            Phase::Finish | Phase::Now => Phase::Now,
        };
        self.shared.phase.store(next as u8, Ordering::SeqCst);
        self.wake();
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.shared.phase.load(Ordering::SeqCst) {
            0 => Phase::Serve,
            1 => Phase::Finish,
            _ => Phase::Now,
        }
    }

    /// Says who is to be woken. A stop that came before is not lost: the loop
    /// looks at the phase before it sleeps for the first time.
    pub(crate) fn wakes(&self, waker: &Arc<Waker>) {
        let _ = self.shared.waker.set(Arc::clone(waker));
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.shared.waker.get()
            && let Err(error) = waker.wake()
        {
            log::error!("cannot wake the event loop: {error}");
        }
    }

    /// Calls `serve`; SIGINT (Ctrl-C) or SIGTERM stops it meanwhile.
    ///
    /// # Errors
    /// When the signals cannot be watched.
    pub fn on_signals<T>(&self, serve: impl FnOnce() -> T) -> io::Result<T> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let handle = signals.handle();
        Ok(thread::scope(|scope| {
            scope.spawn(move || signals.forever().for_each(|_| self.stop()));
            let served = serve();
            handle.close();
            served
        }))
    }
}
