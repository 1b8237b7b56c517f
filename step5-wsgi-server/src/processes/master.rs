//! The master: it starts workers, hears them, and replaces them.
//!
//! Chapter 6
//!
//! *Strategy*: the master waits for signals, for words of its workers, and for
//! the next moment at which something is due. Then it takes everything in, and
//! compares what there is with what there should be: so many workers of the
//! newest generation that serve. What is missing is started, what is too much
//! is told to finish, and only when those that follow are ready. Death, a hang,
//! a reload and a worker that has done enough are all the same two steps.

use std::io;
use std::os::fd::BorrowedFd;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use step1_http_basics::cli;

use super::Plan;
use super::messages::FromMaster;
use super::notify::{News, notify};
use super::signals::{Asked, Inbox};
use super::spawn::{Hired, State};
use crate::event_loop::WallClock;
use crate::metrics::{Row, table};

/// How often the master looks round if nothing happens.
const ROUND: Duration = Duration::from_secs(1);
/// What a worker gets, beyond its own deadlines, before it is killed.
const MARGIN: Duration = Duration::from_secs(1);
/// A worker that lives for so long has started well.
const WELL: Duration = Duration::from_secs(5);
/// The first pause after a worker that has not, and the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Loading an application may take longer than answering a request.
const LOADING: Duration = Duration::from_secs(60);

/// How the master has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It was told to, and everything is done.
    Stopped,
    /// No worker could ever start; this was the first one's exit status.
    NeverStarted(Option<i32>),
}

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serve,
    Finish,
    Now,
}

type Announce<'a> = Box<dyn FnOnce(&str) + 'a>;

/// The master, and its workers.
pub(crate) struct Master<'a> {
    plan: Plan,
    listener: BorrowedFd<'a>,
    /// Called once, when all workers serve, with what they say they serve.
    announce: Option<Announce<'a>>,
    workers: Vec<Hired>,
    generation: u32,
    next_number: u32,
    phase: Phase,
    /// Workers that ended soon after their start, one after the other.
    failures: u32,
    /// Before that nobody is started.
    not_before: Instant,
    never_started: Option<Option<i32>>,
    reloading: bool,
    told: Instant,
    wall_clock: WallClock,
}

impl<'a> Master<'a> {
    pub(crate) fn new(
        plan: Plan,
        listener: BorrowedFd<'a>,
        announce: impl FnOnce(&str) + 'a,
    ) -> Self {
        let now = Instant::now();
        Master {
            plan,
            listener,
            announce: Some(Box::new(announce)),
            workers: Vec::new(),
            generation: 1,
            next_number: 1,
            phase: Phase::Serve,
            failures: 0,
            not_before: now,
            never_started: None,
            reloading: false,
            told: now,
            wall_clock: WallClock::new(),
        }
    }

    // ANCHOR: run
    /// Keeps the workers at work until it is told to stop, and they have ended.
    ///
    /// # Errors
    /// When signals cannot be caught.
    pub(crate) fn run(mut self) -> io::Result<Ended> {
        let signals = Inbox::open()?;
        loop {
            let now = Instant::now();
            for asked in signals.take() {
                self.heed(asked, now);
            }
            self.workers.iter_mut().for_each(|worker| worker.hear(now));
            self.bury_the_dead(now);
            self.end_those_that_hang(now);
            if self.phase == Phase::Serve {
                self.hire(now);
                self.let_go(now);
                self.say_so(now);
            }
            if let Some(status) = self.never_started {
                return Ok(Ended::NeverStarted(status));
            }
            if self.phase > Phase::Serve && self.workers.is_empty() {
                return Ok(Ended::Stopped);
            }
            self.wait(&signals);
        }
    }
    // ANCHOR_END: run

    fn heed(&mut self, asked: Asked, now: Instant) {
        match asked {
            Asked::Stop => self.stop(now),
            Asked::Reload if self.phase == Phase::Serve => {
                self.generation += 1;
                self.reloading = true;
                self.not_before = now;
                notify(News::Reloading);
            }
            Asked::Status => cli::print(&self.table(now)),
            Asked::More => self.plan.workers += 1,
            Asked::Fewer => self.plan.workers = (self.plan.workers - 1).max(1),
            Asked::Reload | Asked::Reap => {}
        }
    }

    // ANCHOR: stop
    /// The first time the workers finish, the second time they end.
    fn stop(&mut self, now: Instant) {
        let (phase, message, patience) = match self.phase {
            Phase::Serve => (Phase::Finish, FromMaster::Finish, self.plan.grace + MARGIN),
            Phase::Finish | Phase::Now => (Phase::Now, FromMaster::Now, MARGIN),
        };
        self.phase = phase;
        notify(News::Stopping);
        for worker in &mut self.workers {
            match worker.state {
                // It has no request that could be finished.
                State::Starting => worker.kill(),
                _ => worker.tell(&message),
            }
            // Whoever insists does not wait longer for it.
            let until = now + patience;
            worker.state = State::Finishing(match worker.state {
                State::Finishing(before) => until.min(before),
                _ => until,
            });
        }
    }
    // ANCHOR_END: stop

    /// Takes note of those that have ended.
    fn bury_the_dead(&mut self, now: Instant) {
        let mut at = 0;
        while at < self.workers.len() {
            match self.workers[at].ended() {
                None => at += 1,
                Some(status) => {
                    let worker = self.workers.remove(at);
                    if !matches!(worker.state, State::Finishing(_)) {
                        self.died(&worker, status, now);
                    }
                }
            }
        }
    }

    /// A worker has ended that was not told to. If it had hardly begun, the next
    /// may do the same, so the next one is started later and later.
    fn died(&mut self, worker: &Hired, status: ExitStatus, now: Instant) {
        let Hired { number, state, .. } = worker;
        let process = worker.process();
        if now.saturating_duration_since(worker.started) >= WELL {
            self.failures = 0;
        } else {
            let pause = PAUSE.saturating_mul(1 << self.failures.min(10)).min(LONGEST_PAUSE);
            self.not_before = now + pause;
            self.failures += 1;
        }
        if *state == State::Starting {
            if self.announce.is_some() {
                self.never_started = Some(status.code());
                log::error!("worker {number} (process {process}) cannot start: {status}");
                return;
            }
            // Nobody is let go for those that cannot start.
            let old = self.workers.iter().filter(|worker| worker.state != State::Starting);
            let old = old.map(|worker| worker.generation).max();
            if let Some(old) = old.filter(|old| self.reloading && *old < self.generation) {
                log::error!("the new workers cannot start ({status}): the old ones stay");
                self.generation = old;
                self.reloading = false;
                return;
            }
        }
        log::error!(
            "worker {number} (process {process}) has ended: {status}; another takes its place"
        );
    }

    // ANCHOR: hang
    /// A worker that shows no sign of life hangs; one that was to finish and has
    /// not is late. Neither listens to reason.
    fn end_those_that_hang(&mut self, now: Instant) {
        let Plan { timeout, .. } = self.plan;
        for worker in &mut self.workers {
            let silent = now.saturating_duration_since(worker.heard);
            let (number, process) = (worker.number, worker.process());
            match worker.state {
                State::Finishing(until) if until <= now => {
                    log::warn!(
                        "worker {number} (process {process}) has not finished in time: killed"
                    );
                    worker.kill();
                    worker.state = State::Finishing(now + MARGIN);
                }
                State::Starting if silent <= timeout.max(LOADING) => {}
                _ if silent > timeout => {
                    log::error!(
                        "worker {number} (process {process}) hangs, silent for {silent:.1?}: killed"
                    );
                    worker.kill();
                    worker.heard = now;
                }
                _ => {}
            }
        }
    }
    // ANCHOR_END: hang

    /// Whether a worker is one of those that there should be.
    fn is_wanted(&self, worker: &Hired) -> bool {
        worker.generation >= self.generation
            && matches!(worker.state, State::Starting | State::Serving)
    }

    // ANCHOR: hire
    /// Starts those that are missing.
    fn hire(&mut self, now: Instant) {
        let mut there = self.workers.iter().filter(|worker| self.is_wanted(worker)).count();
        while there < self.plan.workers && self.not_before <= now {
            let (number, generation) = (self.next_number, self.generation);
            match Hired::start(&self.plan, self.listener, number, generation) {
                Ok(worker) => self.workers.push(worker),
                Err(error) => {
                    log::error!("cannot start a worker: {error}");
                    self.not_before = now + ROUND;
                    return;
                }
            }
            self.next_number += 1;
            there += 1;
        }
    }

    /// Lets those go that are too many, when enough others serve.
    fn let_go(&mut self, now: Instant) {
        let serves = |worker: &Hired| worker.state == State::Serving;
        let wanted = |it: &Master<'_>, worker: &Hired| it.is_wanted(worker) && serves(worker);
        let enough = self.workers.iter().filter(|worker| wanted(self, worker)).count();
        if enough < self.plan.workers {
            return;
        }
        let mut too_many = enough - self.plan.workers;
        let until = now + self.plan.grace + MARGIN;
        for at in 0..self.workers.len() {
            let worker = &self.workers[at];
            if matches!(worker.state, State::Finishing(_)) {
                continue;
            }
            if wanted(self, worker) {
                if too_many == 0 {
                    continue;
                }
                too_many -= 1;
            }
            let worker = &mut self.workers[at];
            worker.tell(&FromMaster::Drain);
            worker.state = State::Finishing(until);
        }
    }
    // ANCHOR_END: hire

    /// Tells the world that everybody serves, the workers what all do, and whoever
    /// reads the log that the clock was set.
    fn say_so(&mut self, now: Instant) {
        let serving = |worker: &&Hired| self.is_wanted(worker) && worker.state == State::Serving;
        let all = self.workers.iter().filter(serving).count() >= self.plan.workers;
        if all && (self.announce.is_some() || self.reloading) {
            if let Some(announce) = self.announce.take() {
                announce(self.workers.first().map_or("", |worker| &worker.serves));
            }
            self.reloading = false;
            notify(News::Ready);
        }
        if now.saturating_duration_since(self.told) >= ROUND {
            self.told = now;
            self.wall_clock.look(now);
            let table = FromMaster::Table(self.workers.len(), self.table(now));
            self.workers.iter().for_each(|worker| worker.tell(&table));
        }
    }

    fn table(&self, now: Instant) -> String {
        let rows: Vec<Row> = self.workers.iter().map(|worker| worker.row(now)).collect();
        table(&rows)
    }

    /// Waits until somebody has something to say, or something is due.
    fn wait(&self, signals: &Inbox) {
        let workers = self.workers.iter().filter_map(Hired::descriptor);
        let mut watched: Vec<_> = signals
            .descriptors()
            .chain(workers)
            .map(|descriptor| PollFd::from_borrowed_fd(descriptor, PollFlags::IN))
            .collect();
        let pause = self.not_before.saturating_duration_since(Instant::now());
        let patience = if pause.is_zero() { ROUND } else { pause.min(ROUND) };
        let _ = poll(&mut watched, Timespec::try_from(patience).ok().as_ref());
    }
}
