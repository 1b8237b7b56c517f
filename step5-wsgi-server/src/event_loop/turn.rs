//! What the loop lends a connection for its turn.
//!
//! Chapter 6
//!
//! *Strategy*: a connection owns what is its own. What all need for a moment
//! only, the buffers above all, is the loop's, and is handed from one to the
//! next.

use std::time::{Duration, Instant};

use http::HeaderValue;
use step1_http_basics::clock;
use step1_http_basics::connection::Exchange;
use step1_http_basics::decisions::Sender;
use step1_http_basics::limits::Limits;

use super::complaints::Complaint;
use super::outgoing::{Outgoing, Source};
use super::relay::Relay;
use crate::metrics::Counts;
use crate::own_pages::OwnPages;
use crate::responder::{Keep, Responder};
use crate::shutdown::{Phase, Stop};
use crate::workers::{Job, Pool, drop_contained};

/// What is served, and how.
pub struct Service<'s> {
    /// Answers the requests.
    pub responder: &'s dyn Responder,
    /// How much may come, and how slowly.
    pub limits: Limits,
    /// How long a request may wait for its answer. Only a pool can keep this:
    /// in place nothing else runs until the answer is there.
    pub timeout: Duration,
    /// What the `Server` field says.
    pub server: HeaderValue,
    /// Called after each exchange, for the access log and the x-ray.
    pub observer: Option<&'s (dyn Fn(&Exchange<'_>) + Sync)>,
    /// Whether the observer wants to see the bytes on the wire.
    pub record: bool,
    /// What the server answers itself.
    pub(crate) pages: OwnPages<'s>,
}

impl Service<'_> {
    /// Who sends the responses, now.
    pub(crate) fn sender(&self, now: Instant) -> Sender<'_> {
        Sender { server: &self.server, date: clock::date_at(now) }
    }
}

/// What a connection needs while it has its turn.
pub(crate) struct Turn<'s> {
    pub(crate) service: &'s Service<'s>,
    /// What applications behind this server answer.
    pub(super) relay: Relay<'s>,
    /// Threads that answer; without them the loop answers in place.
    pub(crate) pool: Option<&'s Pool<'s>>,
    /// The time; it is asked once for each batch of events.
    pub(crate) now: Instant,
    /// How long the answer took that was made last, if it was made in place.
    pub(crate) took: Duration,
    /// Somebody's answer is held, and does not leave before this turn ends.
    pub(super) holding: bool,
    /// What has been counted.
    pub(crate) counts: Counts,
    pub(crate) stop: &'s Stop,
    /// How much was done in this turn, in reads, answers and pieces.
    pub(crate) done: usize,
    /// The buffer that is lent for reading.
    pub(crate) lent: Vec<u8>,
    /// The head of the request that is answered, as it came.
    pub(crate) raw_head: Vec<u8>,
    /// Most responses are put together and sent here.
    pub(crate) outgoing: Outgoing,
    /// Of clients that do not read their answer.
    pub(super) deaf: Complaint,
    /// Of content that is too much.
    pub(super) too_large: Complaint,
}

/// So much may be done in one turn: then the others have theirs, however much
/// this client sends, asks or takes.
const ENOUGH: usize = 64;

impl Turn<'_> {
    /// Notes a read, an answer or a piece, and says whether it is somebody
    /// else's turn now.
    pub(crate) fn is_up(&mut self) -> bool {
        self.done += 1;
        self.done >= ENOUGH
    }

    /// Whether the server ends, so that connections close after their answer.
    pub(crate) fn is_last(&self) -> bool {
        self.stop.phase() >= Phase::Drain
    }

    /// Whether nobody is waited for any more.
    pub(crate) fn is_finishing(&self) -> bool {
        self.stop.phase() >= Phase::Finish
    }

    /// What the server is doing now.
    pub(crate) fn counts(&self) -> Counts {
        let (busy, waiting) = self.pool.map_or((0, 0), Pool::load);
        let (asked, queued) = self.relay.load();
        Counts { busy: busy + asked, waiting: waiting + queued, ..self.counts }
    }

    /// Something has happened at a link to an application.
    pub(super) fn hears_link(&mut self, event: &mio::event::Event) {
        self.relay.hears(event, self.now);
    }

    /// Drops what a response was made of, where that keeps nobody waiting.
    pub(crate) fn discard(&self, source: Source, keep: Keep) {
        if let Source::Stream(stream) = source
            && !stream.has_ended()
        {
            self.let_go(Box::new(stream));
        }
        if let Some(keep) = keep {
            self.let_go(keep);
        }
    }

    fn let_go(&self, value: Box<dyn Send>) {
        match self.pool {
            // Only requests are ever refused.
            Some(pool) => drop(pool.submit(Job::Drop(value))),
            None => drop_contained(value),
        }
    }
}
