//! Connections to applications, and which errand has which.
//!
//! Chapter 6
//!
//! *Strategy*: the bounds are those of step 3 (`step3-cgi/src/fastcgi/backend.rs`
//! says why there are three), and so is the rule by which a link that is done goes
//! to whoever has waited longest. Only, nothing is locked and nobody is woken:
//! all of this happens on one thread.

use std::collections::VecDeque;
use std::io;
use std::time::Instant;

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Interest, Token};
use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend::{MOST_REQUESTS, Options, SILENT, WAITS};
use step3_cgi::fastcgi::fault::Fault;
use step3_cgi::fastcgi::incoming::Incoming;

use super::super::slots::Key;
use super::super::socket::Socket;
use super::errand::{Errand, Stand};
use super::{LINK, News, Relay};
use crate::responder::Answer;

/// A connection to an application.
pub(super) struct Link {
    pub(super) socket: Socket,
    pub(super) incoming: Incoming,
    /// What the poller has said and no call has contradicted.
    pub(super) is_readable: bool,
    pub(super) is_writable: bool,
    has_ended: bool,
    /// How many requests it has carried.
    requests: usize,
    /// Whether anything has come over it, ever.
    pub(super) is_answered: bool,
    /// Whose request it carries.
    pub(super) errand: Option<Key>,
    backend: usize,
    /// Since when it is kept.
    since: Instant,
}

/// An application, and the links to it.
pub(super) struct Backend {
    pub(super) address: Address,
    pub(super) options: Options,
    /// How many links there are, kept ones included.
    open: usize,
    kept: Vec<Key>,
    /// Errands that wait for a link.
    pub(super) queue: VecDeque<Key>,
    /// Whether its queue is being served in this moment.
    is_served: bool,
    /// Links that have brought nothing yet, and when they were opened, or helped.
    unanswered: Vec<(Key, Instant)>,
}

impl Link {
    /// What the poller has to say.
    pub(super) fn hears(&mut self, event: &Event) {
        self.is_readable |= event.is_readable();
        self.is_writable |= event.is_writable();
        self.has_ended |= event.is_read_closed() || event.is_error();
    }

    /// Whether there is nothing to hear of it. An event may tell of what was read
    /// already, or that the application has read.
    pub(super) fn rests(&mut self) -> bool {
        self.is_readable = self.is_readable && !self.socket.is_silent();
        !self.is_readable && !self.has_ended
    }

    /// Reads what has come; 0 means that no more will.
    pub(super) fn receive(&mut self) -> io::Result<Option<usize>> {
        let room = self.incoming.room();
        let most = room.len();
        let came = self.socket.receive(room)?;
        // Less than there was room for: no more is there, unless it was the end.
        self.is_readable = came.is_some_and(|length| length == most || self.has_ended);
        if let Some(length @ 1..) = came {
            self.incoming.received(length);
            self.is_answered = true;
        }
        Ok(came)
    }
}

impl Backend {
    pub(super) fn new(address: Address, options: Options) -> Self {
        let (kept, queue, unanswered) = Default::default();
        Backend { address, options, open: 0, kept, queue, is_served: false, unanswered }
    }

    /// Whether to close a link helps another: that was opened a while ago and nobody
    /// has answered, so perhaps all processes sit on links like this one.
    fn helps_somebody(&mut self, now: Instant) -> bool {
        let waits = self.unanswered.iter_mut().find(|(_, since)| now - *since >= WAITS);
        waits.map(|(_, since)| *since = now).is_some()
    }

    /// No link has come free in time.
    pub(super) fn is_busy(&self) -> Fault {
        let Options { connections, queue, .. } = self.options;
        let queue = queue.as_secs_f32();
        Fault::Overloaded(format!("all {connections} connections were busy for {queue} s"))
    }

    /// When a link must be looked at though nothing happens at it.
    fn next_look(&self, now: Instant, kept_since: Option<Instant>) -> Option<Instant> {
        let waits = self.unanswered.iter().map(|(_, since)| *since + WAITS).filter(|at| *at > now);
        let is_refused = !self.queue.is_empty() && self.open < self.options.connections;
        let refused = is_refused.then(|| now + WAITS);
        waits.chain(refused).chain(kept_since.map(|since| since + SILENT)).min()
    }
}

impl Relay<'_> {
    // ANCHOR: find_link
    /// Gives an errand a link: a kept one, else a new one, else the next one that
    /// another errand is done with.
    pub(super) fn find_link(&mut self, key: Key, now: Instant) {
        let Some(errand) = self.errands.get_mut(key) else { return };
        let (number, may_be_repeated) = (errand.backend, errand.may_be_repeated());
        errand.waits(now + self.backends[number].options.queue);
        while let Some(link) = self.backends[number].kept.pop() {
            if self.is_good(link, may_be_repeated, now) {
                return self.give(link, key, now);
            }
            self.drop_link(link);
        }
        self.backends[number].queue.push_back(key);
        self.serve_queue(number, now);
    }
    // ANCHOR_END: find_link

    /// Opens links for those that wait, as far as they may be opened. One that is
    /// refused leads back here at once: it is for whoever is here already to go on,
    /// or the stack would grow with the queue.
    fn serve_queue(&mut self, number: usize, now: Instant) {
        if std::mem::replace(&mut self.backends[number].is_served, true) {
            return;
        }
        while self.backends[number].open < self.backends[number].options.connections
            && let Some(key) = self.backends[number].queue.pop_front()
        {
            match self.open(number, now) {
                Ok(Some(link)) => self.give(link, key, now),
                // It listens, and its own queue is full.
                Ok(None) => {
                    self.backends[number].queue.push_front(key);
                    self.look_by(now + WAITS);
                    break;
                }
                Err(fault) => self.fail(key, &fault),
            }
        }
        self.backends[number].is_served = false;
    }

    fn open(&mut self, number: usize, now: Instant) -> Result<Option<Key>, Fault> {
        let backend = &mut self.backends[number];
        let Some(descriptor) = backend.address.begin_to_connect()? else { return Ok(None) };
        let key = self.links.insert(|_| Link {
            socket: Socket::new(descriptor),
            incoming: Incoming::default(),
            is_readable: false,
            is_writable: true,
            has_ended: false,
            requests: 0,
            is_answered: false,
            errand: None,
            backend: number,
            since: now,
        });
        backend.open += 1;
        backend.unanswered.push((key, now));
        self.look_by(now + WAITS);
        let Some(link) = self.links.get(key) else { return Ok(None) };
        let interest = Interest::READABLE | Interest::WRITABLE;
        let token = Token(key.number() | LINK);
        let watched = self.registry.register(&mut SourceFd(&link.socket.number()), token, interest);
        if let Err(error) = watched {
            self.drop_link(key);
            return Err(error.into());
        }
        Ok(Some(key))
    }

    fn give(&mut self, link: Key, errand: Key, now: Instant) {
        let (Some(at), Some(it)) = (self.links.get_mut(link), self.errands.get_mut(errand)) else {
            return self.drop_link(link);
        };
        at.errand = Some(errand);
        it.begin(at, link, now + self.backends[at.backend].options.timeout);
        self.proceed(link, now);
    }

    /// Takes the errand of a link as far as it goes.
    pub(super) fn proceed(&mut self, key: Key, now: Instant) {
        let Some(link) = self.links.get_mut(key) else { return };
        let Some(errand_key) = link.errand else { return };
        let Some(errand) = self.errands.get_mut(errand_key) else { return };
        let backend = &mut self.backends[link.backend];
        let was_answered = link.is_answered;
        let stand = errand.proceed(link, &backend.options, now);
        if link.is_answered && !was_answered {
            backend.unanswered.retain(|(other, _)| *other != key);
        }
        if let Some(pushed) = errand.newly_begun() {
            self.news.push((errand.client, News::Began(pushed)));
        }
        match stand {
            Ok(Stand::Waits) => {}
            Ok(Stand::Yields) if self.again.contains(&key) => {}
            Ok(Stand::Yields) => self.again.push(key),
            Ok(Stand::Done(answer, is_clean)) => {
                self.tell(errand_key, answer);
                if is_clean { self.give_back(key, now) } else { self.close(key, now) }
            }
            Ok(Stand::Redirected(path)) => {
                if let Some(Errand { client, request, redirects, .. }) =
                    self.errands.remove(errand_key)
                {
                    let news = News::Redirected(Box::new(request), path, redirects + 1);
                    self.news.push((client, news));
                }
                self.close(key, now);
            }
            Err(Fault::BrokeOff(_)) if errand.may_begin_again() => self.begin_again(key, now),
            Err(fault) => {
                self.fail(errand_key, &fault);
                self.close(key, now);
            }
        }
    }

    /// A kept link turned out to be closed: a new one in its place. If the
    /// application was restarted, the others are closed too.
    fn begin_again(&mut self, key: Key, now: Instant) {
        let Some(Link { backend, errand: Some(errand), .. }) = self.links.get(key) else { return };
        let (number, errand) = (*backend, *errand);
        self.drop_link(key);
        for kept in std::mem::take(&mut self.backends[number].kept) {
            if self.is_good(kept, false, now) {
                self.backends[number].kept.push(kept);
            } else {
                self.drop_link(kept);
            }
        }
        if let Some(errand) = self.errands.get_mut(errand) {
            errand.waits(now + self.backends[number].options.queue);
        }
        self.backends[number].queue.push_front(errand);
        self.serve_queue(number, now);
    }

    /// A link over which a request was answered: whoever waits longest has it
    /// next; else it is kept.
    fn give_back(&mut self, key: Key, now: Instant) {
        let Some(link) = self.links.get_mut(key) else { return };
        link.incoming.rest();
        link.requests += 1;
        (link.errand, link.since) = (None, now);
        let number = link.backend;
        let backend = &mut self.backends[number];
        let next = backend.queue.front().and_then(|next| self.errands.get(*next));
        let may_be_repeated = next.is_none_or(Errand::may_be_repeated);
        let has_done_enough = link.requests >= MOST_REQUESTS || backend.helps_somebody(now);
        if has_done_enough || !self.is_good(key, may_be_repeated, now) {
            return self.close(key, now);
        }
        let backend = &mut self.backends[number];
        if let Some(errand) = backend.queue.pop_front() {
            return self.give(key, errand, now);
        }
        if backend.kept.len() >= backend.options.keep {
            return self.close(key, now);
        }
        backend.kept.push(key);
        self.look_by(now + SILENT);
    }

    /// Whether a link can carry another request. One that must not be sent twice
    /// had better not be sent where nobody reads.
    fn is_good(&self, key: Key, may_be_repeated: bool, now: Instant) -> bool {
        self.links.get(key).is_some_and(|link| {
            let may_be_open = !link.has_ended && now - link.since < SILENT;
            may_be_open && (may_be_repeated || link.socket.is_silent())
        })
    }

    /// Closes a link; there may be another one in its place.
    pub(super) fn close(&mut self, key: Key, now: Instant) {
        let Some(link) = self.links.get(key) else { return };
        let number = link.backend;
        self.drop_link(key);
        self.serve_queue(number, now);
    }

    fn drop_link(&mut self, key: Key) {
        let Some(link) = self.links.remove(key) else { return };
        let backend = &mut self.backends[link.backend];
        backend.open -= 1;
        backend.kept.retain(|kept| *kept != key);
        backend.unanswered.retain(|(other, _)| *other != key);
    }

    /// Closes what is kept for nothing: links that have been silent, and one for
    /// each other that seems to wait for a process.
    pub(super) fn look_at_links(&mut self, now: Instant) {
        self.look_at = None;
        for number in 0..self.backends.len() {
            for key in self.backends[number].kept.clone() {
                if !self.is_good(key, true, now) || self.backends[number].helps_somebody(now) {
                    self.drop_link(key);
                }
            }
            self.serve_queue(number, now);
            let backend = &self.backends[number];
            let since = |key: &Key| self.links.get(*key).map(|link| link.since);
            let since = backend.kept.iter().filter_map(since).min();
            if let Some(at) = backend.next_look(now, since) {
                self.look_by(at);
            }
        }
    }

    fn look_by(&mut self, at: Instant) {
        self.look_at = Some(self.look_at.map_or(at, |other| other.min(at)));
    }

    fn tell(&mut self, errand: Key, answer: Box<Answer>) {
        if let Some(errand) = self.errands.remove(errand) {
            self.news.push((errand.client, News::Answered(answer)));
        }
    }

    fn fail(&mut self, key: Key, fault: &Fault) {
        if let Some(errand) = self.errands.remove(key) {
            let client = errand.client;
            let answer = self.failed(errand, fault);
            self.news.push((client, News::Answered(Box::new(answer))));
        }
    }

    /// What the client hears of a fault, and the log.
    pub(super) fn failed(&self, errand: Errand, fault: &Fault) -> Answer {
        let address = &self.backends[errand.backend].address;
        let path = errand.request.head.target.path();
        match fault {
            Fault::ClientGone => log::debug!("{path} at {address}: {fault}"),
            fault => log::error!("{path} at {address}: {fault}"),
        }
        errand.failed(fault)
    }

    /// Takes an errand out, wherever it is.
    pub(super) fn remove(&mut self, key: Key, now: Instant) -> Option<Errand> {
        let errand = self.errands.remove(key)?;
        match errand.link {
            Some(link) => self.close(link, now),
            None => self.backends[errand.backend].queue.retain(|other| *other != key),
        }
        Some(errand)
    }
}
