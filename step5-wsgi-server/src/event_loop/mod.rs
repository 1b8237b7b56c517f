//! One thread, all connections.
//!
//! Chapter 6 · epoll(7), kqueue(2)
//!
//! *Strategy*: the kernel is asked once for everything that has happened, and
//! each connection that something happened to does all that it can do without
//! waiting. Then the kernel is asked again. A connection is registered once in
//! its life, for reading and writing ("edge-triggered": the kernel says when
//! something becomes possible, and we remember it until a call tells us that it
//! is not any more), so a request costs no system call but its own read and
//! write.
//!
//! ```text
//!        ┌────────────────────────────────────────────────────────────────┐
//!        ▼                                                                │
//!   wait for events ──► turns of ────► answers ────► accept ──► deadlines ┘
//!   or a deadline       those that     that were     new ones   that have
//!                       heard sth.,    held leave               passed
//!                       or the pool
//! ```

mod accept;
mod answering;
mod complaints;
mod connection;
mod content;
mod deadlines;
mod handing_on;
mod input;
mod outgoing;
mod passing;
mod reading;
mod relay;
mod sending;
mod slots;
mod socket;
mod together;
mod trace;
mod turn;
mod wall_clock;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token, Waker};

use accept::Accepting;
use complaints::Complaint;
use connection::{Connection, Flow};
use deadlines::Deadlines;
use outgoing::{Outgoing, Source};
use passing::Passing;
use relay::Relay;
use slots::Slots;
use together::Held;
use turn::Turn;

pub use slots::Key;
pub(crate) use socket::Follows;
pub use socket::Socket;
pub use turn::Service;
pub(crate) use wall_clock::WallClock;

use step1_http_basics::cli;

use crate::listen::Listener;
use crate::metrics::Counts;
use crate::relay::Relays;
use crate::shutdown::{Phase, Stop};
use crate::workers::{Done, Pool};

/// What the poller calls the listening socket and the waker; no key is as large.
const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);
/// How many events the kernel is asked for at a time.
const BATCH: usize = 256;
/// How often a master hears of its worker, at the least.
const PULSE: Duration = Duration::from_secs(1);
/// So much of content, or of what `write()` wrote, is kept in memory; more goes
/// to a temporary file.
pub(crate) const IN_MEMORY: usize = 64 * 1024;

/// The loop, and all that it has.
pub(crate) struct EventLoop<'s> {
    poll: Poll,
    accepting: Accepting,
    connections: Slots<Connection>,
    deadlines: Deadlines,
    /// Those that had to stop for the sake of others, and go on at once.
    again: Vec<Key>,
    /// Those whose answers wait for those of the others.
    held: Held,
    /// Those that asked once or not at all.
    passing: Passing,
    turn: Turn<'s>,
    grace: Duration,
    /// Whether those that wait for a request have been closed.
    finishing: bool,
    cut_off_at: Option<Instant>,
    /// How often a sign of life is due, and when the next one is.
    pulse: Duration,
    beats_at: Instant,
    wall_clock: WallClock,
}

impl<'s> EventLoop<'s> {
    /// A loop that listens; `grace` is what answers get that are under way when
    /// the server is stopped.
    ///
    /// # Errors
    /// When the system has no poller left.
    pub(crate) fn new(
        listener: Listener,
        capacity: usize,
        service: &'s Service<'s>,
        relays: &'s Relays,
        stop: &'s Stop,
        grace: Duration,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let accepting = Accepting::new(listener, capacity, poll.registry())?;
        let turn = Turn {
            service,
            relay: Relay::new(relays, poll.registry())?,
            pool: None,
            now: Instant::now(),
            took: Duration::ZERO,
            done: 0,
            holding: false,
            counts: Counts::default(),
            stop,
            lent: Vec::new(),
            raw_head: Vec::new(),
            outgoing: Outgoing::default(),
            deaf: Complaint::default(),
            too_large: Complaint::default(),
        };
        Ok(EventLoop {
            poll,
            accepting,
            connections: Slots::default(),
            deadlines: Deadlines::default(),
            again: Vec::new(),
            held: Held::default(),
            passing: Passing::default(),
            turn,
            grace,
            finishing: false,
            cut_off_at: None,
            pulse: PULSE.min(service.timeout / 4),
            beats_at: Instant::now(),
            wall_clock: WallClock::new(),
        })
    }

    /// What wakes this loop from another thread.
    ///
    /// # Errors
    /// When the system has no descriptor left.
    pub(crate) fn waker(&self) -> io::Result<Arc<Waker>> {
        Ok(Arc::new(Waker::new(self.poll.registry(), WAKER)?))
    }

    /// Answers in these threads instead of in place.
    pub(crate) fn answer_in(&mut self, pool: &'s Pool<'s>) {
        self.turn.pool = Some(pool);
    }

    // ANCHOR: run
    /// Serves until it is stopped, and what was under way is done.
    ///
    /// # Errors
    /// When the kernel cannot be asked for events.
    pub(crate) fn run(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(BATCH);
        while !self.is_over() {
            let patience = self.patience();
            if let Err(error) = self.poll.poll(&mut events, patience)
                && error.kind() != io::ErrorKind::Interrupted
            {
                return Err(error);
            }
            self.turn.now = Instant::now();
            for key in std::mem::take(&mut self.again) {
                self.turn_of(key, Connection::proceed);
                self.let_go_of_the_late();
            }
            for event in &events {
                match event.token() {
                    LISTENER => self.accepting.is_ready = true,
                    WAKER => self.answers_of_the_pool(),
                    Token(number) if Relay::is_link(number) => self.turn.hears_link(event),
                    Token(number) => self.turn_of(Key::from_number(number), |connection, turn| {
                        if connection.hears(event) { connection.proceed(turn) } else { Flow::Close }
                    }),
                }
                self.let_go_of_the_late();
            }
            self.let_go();
            self.news_of_errands();
            self.accept();
            while let Some(key) = self.deadlines.due(self.turn.now) {
                self.look_at(key);
            }
            self.heed_the_stop();
            self.show_life();
            self.look_at_the_clock();
        }
        Ok(())
    }
    // ANCHOR_END: run

    /// Gives a connection its turn, and sees to it afterwards.
    fn turn_of(&mut self, key: Key, does: impl FnOnce(&mut Connection, &mut Turn<'s>) -> Flow) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        self.turn.done = 0;
        self.turn.holding = self.held.is_waiting();
        match does(connection, &mut self.turn) {
            Flow::Close => {
                if connection.passed_by(&self.turn) {
                    self.passing.one_more(self.turn.now);
                }
                return self.close(key);
            }
            Flow::Again => self.again.push(key),
            Flow::Hold => self.held.hold(key, self.turn.now),
            Flow::Keep => {}
        }
        if connection.deadline < connection.looked_at {
            connection.looked_at = connection.deadline;
            self.deadlines.enter(connection.deadline, key);
        }
    }

    /// Sends the answers that were held, and nothing else.
    fn let_go(&mut self) {
        for key in self.held.take() {
            self.turn_of(key, Connection::proceed);
        }
        self.held.are_gone();
    }

    fn let_go_of_the_late(&mut self) {
        if self.held.is_due(self.turn.now) {
            self.let_go();
        }
    }

    /// A deadline that was entered once has passed; the connection's own may
    /// have moved on since.
    fn look_at(&mut self, key: Key) {
        let now = self.turn.now;
        let Some(connection) = self.connections.get_mut(key) else { return };
        if connection.looked_at > now {
            return; // it was entered again, for later
        }
        if connection.deadline > now {
            connection.looked_at = connection.deadline;
            return self.deadlines.enter(connection.deadline, key);
        }
        connection.looked_at = now + Duration::from_secs(3600);
        self.turn_of(key, Connection::expire);
    }

    fn close(&mut self, key: Key) {
        if let Some(connection) = self.connections.remove(key) {
            connection.close(&mut self.turn, self.poll.registry());
            let connections = &self.connections;
            self.deadlines.clear_up(|key| connections.get(key).is_some());
        }
    }

    /// What the threads of the pool have done meanwhile.
    fn answers_of_the_pool(&mut self) {
        let Some(pool) = self.turn.pool else { return };
        for done in pool.take_done() {
            match done {
                Done::Began(key, pushed) => {
                    self.turn_of(key, |connection, turn| connection.began(pushed, turn));
                }
                Done::Responded(key, answer) if self.connections.get(key).is_some() => {
                    self.turn_of(key, |connection, turn| connection.responded(*answer, turn));
                }
                Done::Piece(key, stream, bytes, content) if self.connections.get(key).is_some() => {
                    self.turn_of(key, |connection, turn| {
                        connection.piece(stream, &bytes, content, turn)
                    });
                }
                // Whoever was to have it is gone.
                Done::Responded(_, answer) => {
                    self.turn.discard(Source::of(answer.response.body), answer.keep);
                }
                Done::Piece(_, stream, ..) => self.turn.discard(Source::Stream(stream), None),
            }
        }
    }

    /// What has become of requests that applications behind this server answer. News
    /// that this leads to are for the next round: a client may ask without a pause.
    fn news_of_errands(&mut self) {
        self.turn.relay.catch_up(self.turn.now);
        for (key, news) in self.turn.relay.news() {
            self.turn_of(key, |connection, turn| connection.relayed(news, turn));
        }
    }

    /// How long to wait for events: not at all if somebody wants to go on.
    fn patience(&self) -> Option<Duration> {
        if !self.again.is_empty() || !self.held.is_empty() || self.accepting.open().is_some() {
            return Some(Duration::ZERO);
        }
        let now = Instant::now();
        let beats_at = self.turn.service.pages.worker.map(|_| self.beats_at);
        let relay = self.turn.relay.wakes_at(now);
        let others = [self.cut_off_at, self.accepting.paused_until(), beats_at, relay];
        let others = others.into_iter().flatten().map(|at| at.saturating_duration_since(now));
        others.chain(self.deadlines.patience(now)).min()
    }

    // ANCHOR: show_life
    /// Tells the master that the loop goes round, and whoever asks what it does.
    fn show_life(&mut self) {
        self.turn.counts.connections = self.connections.len() as u64;
        if let Some(worker) = self.turn.service.pages.worker
            && self.beats_at <= self.turn.now
        {
            self.beats_at = self.turn.now + self.pulse;
            // A loop that goes round for nobody is as good as one that hangs.
            let timeout = self.turn.service.timeout;
            if !self.turn.pool.is_some_and(|pool| pool.is_stuck(timeout)) {
                worker.beat(self.turn.counts());
            }
        }
        if self.turn.stop.wants_report() {
            cli::print(&self.turn.service.pages.table(self.turn.counts()));
        }
    }
    // ANCHOR_END: show_life

    /// Whether the clock on the wall was set; where there is a master, it looks.
    fn look_at_the_clock(&mut self) {
        if self.turn.service.pages.worker.is_none() {
            self.wall_clock.look(self.turn.now);
        }
    }

    // ANCHOR: heed_the_stop
    /// A stop in phases: first nobody is admitted any more; then whoever waits
    /// for a request is closed; in the end, everybody.
    fn heed_the_stop(&mut self) {
        let phase = self.turn.stop.phase();
        if phase >= Phase::Drain && self.cut_off_at.is_none() {
            self.cut_off_at = Some(self.turn.now + self.grace);
            self.admit_the_last();
            self.accepting.stop(self.poll.registry());
        }
        if phase >= Phase::Finish && !self.finishing {
            self.finishing = true;
            for key in self.keys() {
                self.turn_of(key, Connection::stop);
            }
        }
        let too_late = self.cut_off_at.is_some_and(|at| at <= self.turn.now);
        if phase == Phase::Now || too_late {
            if !self.connections.is_empty() {
                let left = self.connections.len();
                let were = if left == 1 { "connection was" } else { "connections were" };
                log::warn!("{left} {were} cut off: not done within {:?}", self.grace);
            }
            self.turn.relay.clear_queues();
            for key in self.keys() {
                self.close(key);
            }
        }
    }
    // ANCHOR_END: heed_the_stop

    fn keys(&self) -> Vec<Key> {
        self.connections.iter().map(|(key, _)| key).collect()
    }

    fn is_over(&self) -> bool {
        self.cut_off_at.is_some() && self.connections.is_empty()
    }
}
