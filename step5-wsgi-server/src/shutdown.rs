//! How the server is told to end.
//!
//! Chapter 6
//!
//! *Strategy*: a stop has phases. At first nobody is admitted any more, and what
//! is under way is finished; then everything ends at once. Where another process
//! serves on, there is one phase before: a client that keeps its connection open
//! gets one answer more on it, and learns from that answer that it closes. If
//! the connection were closed under its hands, its next request might be on its
//! way already and be lost. Whoever wants the stop, another thread or a signal,
//! sets the phase and wakes whoever serves, which does the rest itself. An application
//! that never returns keeps its thread from ending, and in place that is the loop
//! itself. So a process that a signal has told to end watches the clock, too, and
//! leaves such an application behind.

use std::fmt;
use std::io;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use mio::Waker;
use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1, SIGXFSZ};
use signal_hook::iterator::Signals;

/// What the loop and the threads get, beyond all deadlines, to let go of what
/// they have.
const MARGIN: Duration = Duration::from_millis(500);

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// The server serves.
    Serve,
    /// It admits nobody, and each connection gets one answer more.
    Drain,
    /// It finishes what is under way.
    Finish,
    /// It ends now.
    Now,
}

/// Whoever serves, and is woken when there is a new phase.
pub(crate) trait Stopped: fmt::Debug + Send + Sync {
    /// Another thread says so.
    fn hear(&self, phase: Phase) -> io::Result<()>;
}

impl Stopped for Waker {
    /// The loop looks at the phase itself.
    fn hear(&self, _: Phase) -> io::Result<()> {
        self.wake()
    }
}

/// Stops a server, from any thread.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    phase: AtomicU8,
    report: AtomicBool,
    serves: OnceLock<Arc<dyn Stopped>>,
}

impl Stop {
    /// Finishes what is under way, then ends. The second time: ends at once.
    pub fn stop(&self) {
        match self.phase() {
            Phase::Serve | Phase::Drain => self.finish(),
            Phase::Finish | Phase::Now => self.now(),
        }
    }

    /// Admits nobody any more, and ends when each connection has had one answer
    /// more, or has waited too long for a request.
    pub fn drain(&self) {
        self.advance(Phase::Drain);
    }

    /// Finishes what is under way, then ends; said twice, it means the same.
    pub fn finish(&self) {
        self.advance(Phase::Finish);
    }

    /// Ends at once.
    pub fn now(&self) {
        self.advance(Phase::Now);
    }

    /// Lets the loop say what it is doing.
    pub fn report(&self) {
        self.shared.report.store(true, Ordering::SeqCst);
        self.wake();
    }

    pub(crate) fn wants_report(&self) -> bool {
        self.shared.report.load(Ordering::Relaxed)
            && self.shared.report.swap(false, Ordering::SeqCst)
    }

    /// There is no way back.
    fn advance(&self, phase: Phase) {
        self.shared.phase.fetch_max(phase as u8, Ordering::SeqCst);
        self.wake();
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.shared.phase.load(Ordering::SeqCst) {
            0 => Phase::Serve,
            1 => Phase::Drain,
            2 => Phase::Finish,
            _ => Phase::Now,
        }
    }

    /// Says who is to be woken. A stop that came before is not lost.
    pub(crate) fn wakes(&self, serves: Arc<dyn Stopped>) {
        let _ = self.shared.serves.set(serves);
        self.wake();
    }

    fn wake(&self) {
        if let Some(serves) = self.shared.serves.get()
            && let Err(error) = serves.hear(self.phase())
        {
            log::error!("cannot wake the event loop: {error}");
        }
    }

    // ANCHOR: on_signals
    /// Calls `serve`; SIGINT (Ctrl-C) or SIGTERM stops it meanwhile, and SIGUSR1
    /// lets it say what it is doing. If it has not returned when `grace` is over,
    /// or soon after the second signal, an application does not: then `tidy_up`
    /// is called, and the process ends with status 0, as a stop does.
    ///
    /// # Errors
    /// When the signals cannot be watched.
    pub fn on_signals<T>(
        &self,
        grace: Duration,
        tidy_up: impl FnOnce() + Send,
        serve: impl FnOnce() -> T,
    ) -> io::Result<T> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGUSR1, SIGXFSZ])?;
        let handle = signals.handle();
        let (end_by, ends_by) = channel();
        Ok(thread::scope(|scope| {
            scope.spawn(move || {
                signals.forever().for_each(|signal| match signal {
                    SIGUSR1 => self.report(),
                    // A file has reached the limit of the process. Without us,
                    // the signal would end it; with us, only the write fails.
                    SIGXFSZ => {}
                    _ => {
                        self.stop();
                        let at_once = self.phase() == Phase::Now;
                        let patience = if at_once { Duration::ZERO } else { grace };
                        let _ = end_by.send(Instant::now() + patience + MARGIN);
                    }
                });
            });
            scope.spawn(move || {
                if has_not_ended(&ends_by) {
                    log::error!("the application has not returned: the server ends without it");
                    tidy_up();
                    process::exit(0);
                }
            });
            let served = serve();
            handle.close();
            served
        }))
    }
    // ANCHOR_END: on_signals
}

/// Waits for the end, which is when nobody can name another deadline, or for
/// the first deadline that passes before it.
fn has_not_ended(ends_by: &Receiver<Instant>) -> bool {
    let Ok(mut end) = ends_by.recv() else { return false };
    loop {
        match ends_by.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(other) => end = end.min(other),
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}
