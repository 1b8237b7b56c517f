//! Requests that an application behind this server answers, by FastCGI.
//!
//! Chapter 6 · FastCGI specification §3.3
//!
//! *Strategy*: step 3 lets a thread wait for each of them. Here nobody waits: a
//! request is an [`Errand`], a connection to the application is a [`Link`] in
//! this same loop, and an event at a link takes its errand one step further. What
//! that leads to is news for the client's connection, which has its turn when the
//! events are through. How many links there are, which are kept and who has the
//! next one is decided as in step 3 (`links`).
//!
//! ```text
//!   client's connection                 errand                    application
//!   dispatch ───────────► ask ─► (queue) ─► link ──── records ────────►
//!   Answering ◄── news ◄── head, content, end ◄────── records ────────
//! ```

mod errand;
mod links;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::Registry;
use mio::event::Event;

use self::links::{Backend, Link};
use super::slots::{Key, Slots};
use crate::push::Pushed;
use crate::relay::Relays;
use crate::responder::{Answer, Arrived};

pub(super) use self::errand::Errand;

/// The bit that tells the number of a link from that of a client's connection.
const LINK: usize = 1 << (usize::BITS - 1);

/// What a client's connection hears of its errand.
pub(super) enum News {
    /// The answer has begun, and not all of it is there.
    Began(Arc<Pushed>),
    /// Here it is, or the rest of it.
    Answered(Box<Answer>),
    /// Another path of this site is to be answered instead; the how-manieth.
    Redirected(Box<Arrived<'static>>, String, usize),
}

/// All that is on its way between clients and applications.
pub(crate) struct Relay<'s> {
    pub(super) relays: &'s Relays,
    registry: Registry,
    backends: Vec<Backend>,
    links: Slots<Link>,
    errands: Slots<Errand>,
    /// Links that would have gone on, but it was somebody else's turn.
    again: Vec<Key>,
    news: Vec<(Key, News)>,
    /// When somebody has to look at links at which nothing happens.
    look_at: Option<Instant>,
}

impl<'s> Relay<'s> {
    pub(super) fn new(relays: &'s Relays, registry: &Registry) -> io::Result<Self> {
        let backends = relays
            .backends
            .iter()
            .map(|(address, options)| Backend::new(address.clone(), *options));
        Ok(Relay {
            relays,
            registry: registry.try_clone()?,
            backends: backends.collect(),
            links: Slots::default(),
            errands: Slots::default(),
            again: Vec::new(),
            news: Vec::new(),
            look_at: None,
        })
    }

    /// Whether this is the number of a link.
    pub(super) fn is_link(number: usize) -> bool {
        number & LINK != 0
    }

    /// Sends a request on its way, at once or when there is a link for it.
    pub(super) fn ask(&mut self, errand: Errand, now: Instant) -> Key {
        let key = self.errands.insert(|_| errand);
        self.find_link(key, now);
        key
    }

    /// Something has happened at a link.
    pub(super) fn hears(&mut self, event: &Event, now: Instant) {
        let key = Key::from_number(event.token().0 & !LINK);
        let Some(link) = self.links.get_mut(key) else { return };
        link.hears(event);
        if link.errand.is_some() {
            self.proceed(key, now);
        } else if !link.rests() {
            // Nobody has asked for anything: it is closed, or it should be.
            self.close(key, now);
        }
    }

    /// The client has taken what there was of its answer.
    pub(super) fn goes_on(&mut self, errand: Key, now: Instant) {
        let Some(errand) = self.errands.get_mut(errand) else { return };
        let until = now + self.backends[errand.backend].options.timeout;
        if errand.is_let_go(until) {
            self.again.extend(errand.link);
        }
    }

    /// Does what is due though no event has come.
    pub(super) fn catch_up(&mut self, now: Instant) {
        for link in std::mem::take(&mut self.again) {
            self.proceed(link, now);
        }
        if self.look_at.is_some_and(|at| at <= now) {
            self.look_at_links(now);
        }
    }

    /// When that is; `None`: as long as nothing happens, never.
    pub(super) fn wakes_at(&self, now: Instant) -> Option<Instant> {
        if self.again.is_empty() && self.news.is_empty() { self.look_at } else { Some(now) }
    }

    /// All news, and whose they are.
    pub(super) fn news(&mut self) -> Vec<(Key, News)> {
        std::mem::take(&mut self.news)
    }

    /// How long an errand may stand still before somebody looks at it.
    pub(super) fn patience(&self, backend: usize) -> Duration {
        let options = &self.backends[backend].options;
        options.queue.min(options.timeout)
    }

    /// Whether its answer may have begun, which the client's connection hears of
    /// a little later.
    pub(super) fn has_begun(&self, errand: Key) -> bool {
        self.errands.get(errand).is_none_or(Errand::has_begun)
    }

    /// How long whoever has this errand may take.
    pub(super) fn timeout(&self, errand: Key) -> Option<Duration> {
        Some(self.backends[self.errands.get(errand)?.backend].options.timeout)
    }

    /// By when an errand must have got on.
    pub(super) fn until(&self, errand: Key) -> Option<Instant> {
        Some(self.errands.get(errand)?.until)
    }

    /// The errand has taken too long: what its client hears.
    pub(super) fn give_up(&mut self, errand: Key, now: Instant) -> Option<Answer> {
        let errand = self.remove(errand, now)?;
        let backend = &self.backends[errand.backend];
        let fault = match errand.link {
            None => backend.is_busy(),
            Some(_) => errand.is_late(&backend.options),
        };
        Some(self.failed(errand, &fault))
    }

    /// Nobody waits for this one any more. Its link is closed, which is how the
    /// application learns it.
    pub(super) fn forget(&mut self, errand: Key, now: Instant) {
        drop(self.remove(errand, now));
    }

    /// Whoever waits for a link gets none any more: all are to be cut off, and
    /// nothing is to be asked for them.
    pub(super) fn clear_queues(&mut self) {
        self.backends.iter_mut().for_each(|backend| backend.queue.clear());
    }

    /// How many requests have a link, and how many wait for one.
    pub(super) fn load(&self) -> (u64, u64) {
        let waiting: usize = self.backends.iter().map(|backend| backend.queue.len()).sum();
        ((self.errands.len() - waiting) as u64, waiting as u64)
    }
}
