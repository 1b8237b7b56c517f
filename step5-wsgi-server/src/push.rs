//! Sending before the answer is complete: PEP 3333's `write()`.
//!
//! Chapter 6 · PEP 3333, *The `write()` Callable*
//!
//! *Strategy*: a handler returns its response, and the loop sends it. Only
//! `write()` must send while the application still runs. So whoever answers is
//! handed a [`Push`]. It sends at once what the socket takes; the rest waits in
//! a [`Spool`] that it shares with the loop, which goes on sending whenever the
//! socket takes more. So what was written is "completely sent or buffered for
//! transmission while the application proceeds onward", and nobody waits for a
//! slow client.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::header::{HeaderMap, HeaderValue};
use http::{Method, StatusCode, Version};
use step1_http_basics::decisions::{self, Asked, Sender, Then};
use step1_http_basics::framing::Framing;
use step1_http_basics::handler::{Body, Response};
use step1_http_basics::limits::Pace;
use step1_http_basics::presence::{Presence, Watched};
use step1_http_basics::{Recording, chunked, clock};
use step3_cgi::spool::Spool;

use crate::event_loop::{Follows, IN_MEMORY, Socket};

/// So much is taken out of the spool at a time.
const PIECE: usize = 64 * 1024;

/// The way to the client while the answer is still made.
pub struct Push {
    socket: Arc<Socket>,
    asked: AskedFor,
    server: HeaderValue,
    record: bool,
    /// Tells the loop, if it runs on another thread, what it has to send.
    tell: Option<Tell>,
    begun: Option<Begun>,
}

/// Tells the loop that a response has begun.
pub type Tell = Box<dyn Fn(&Arc<Pushed>) + Send>;

/// What a response has to know of its request; [`Asked`] of one's own.
#[derive(Debug, Clone)]
pub struct AskedFor {
    /// The method.
    pub method: Method,
    /// The version.
    pub version: Version,
    /// What may become of the connection.
    pub then: Then,
}

impl AskedFor {
    /// The same, borrowed.
    #[must_use]
    pub fn borrow(&self) -> Asked<'_> {
        Asked { method: &self.method, version: self.version, then: self.then }
    }
}

/// A response that has begun before it was complete.
#[derive(Debug)]
pub struct Begun {
    /// What is still to be sent of it.
    pub pushed: Arc<Pushed>,
    /// The status code that was sent.
    pub status: StatusCode,
    /// How its content is framed.
    pub framing: Framing,
    /// What becomes of the connection afterwards.
    pub then: Then,
    /// Bytes of content so far.
    pub sent: u64,
    /// Whether content follows at all: not for HEAD, 204 and 304.
    has_content: bool,
}

impl Push {
    /// A way to the client of `socket`.
    #[must_use]
    pub fn new(
        socket: Arc<Socket>,
        asked: AskedFor,
        server: HeaderValue,
        record: bool,
        tell: Option<Tell>,
    ) -> Self {
        Push { socket, asked, server, record, tell, begun: None }
    }

    /// Whether a head was sent, so that there is no other answer any more.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// Bytes of content that were written.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.begun.as_ref().map_or(0, |begun| begun.sent)
    }

    // ANCHOR: write
    /// Sends `content`, with the head in front of it if this is the first.
    ///
    /// # Errors
    /// When the client is gone, when what it does not take cannot be kept, or
    /// when there is more than the response's Content-Length.
    pub fn write(
        &mut self,
        content: &[u8],
        head: impl FnOnce() -> (StatusCode, HeaderMap),
    ) -> io::Result<()> {
        let mut out = Vec::new();
        if self.begun.is_none() {
            let (status, fields) = head();
            self.begin(status, fields, &mut out);
        }
        let Some(begun) = &mut self.begun else { return Ok(()) };
        if begun.has_content {
            let most = match begun.framing {
                Framing::Length(length) => length - begun.sent.min(length),
                _ => u64::MAX,
            };
            if content.len() as u64 > most {
                if !out.is_empty() {
                    // Nothing has left, so there can be another answer.
                    self.begun = None;
                }
                return Err(io::Error::other("more was written than the Content-Length says"));
            }
            match begun.framing {
                Framing::Chunked => chunked::encode_chunk(content, &mut out),
                _ => out.extend_from_slice(content),
            }
            begun.sent += content.len() as u64;
        }
        begun.pushed.send(&self.socket, &out)
    }
    // ANCHOR_END: write

    /// Whether the client is still there, for a handler that takes long.
    #[must_use]
    pub fn presence(&self) -> Presence {
        Presence::new(Arc::clone(&self.socket) as Arc<dyn Watched>, self.asked.version)
    }

    /// What is still to be sent of a response that has begun.
    pub(crate) fn pushed(&self) -> Option<&Arc<Pushed>> {
        self.begun.as_ref().map(|begun| &begun.pushed)
    }

    /// How many bytes were written and have not left.
    pub(crate) fn unsent(&self) -> u64 {
        self.pushed().map_or(0, |pushed| pushed.lock().unsent())
    }

    /// The response that has begun, if one has, and is taken away.
    pub(crate) fn take_begun(&mut self) -> Option<Begun> {
        self.begun.take()
    }

    /// The response that has begun, if one has.
    #[must_use]
    pub fn finish(self) -> Option<Begun> {
        self.begun
    }

    fn begin(&mut self, status: StatusCode, fields: HeaderMap, out: &mut Vec<u8>) {
        let response = Response { status, fields, body: Body::Stream(Box::new(io::empty())) };
        let sender = Sender { server: &self.server, date: clock::date() };
        let outgoing = decisions::outgoing(&self.asked.borrow(), response, &sender, out);
        let pushed = Arc::new(Pushed::new(self.record));
        if let Some(tell) = &self.tell {
            tell(&pushed);
        }
        self.begun = Some(Begun {
            pushed,
            status: outgoing.status,
            framing: outgoing.framing,
            then: outgoing.then,
            sent: 0,
            has_content: !matches!(outgoing.body, Body::Empty),
        });
    }
}

impl Begun {
    /// How the rest of the content is framed.
    #[must_use]
    pub fn rest_framing(&self) -> Framing {
        if self.has_content { self.framing } else { Framing::None }
    }
}

/// What was written and the socket has not taken; the loop takes it from here.
#[derive(Debug)]
pub struct Pushed {
    queue: Mutex<Queue>,
}

#[derive(Debug)]
struct Queue {
    /// What leaves next.
    front: Vec<u8>,
    at: usize,
    /// What leaves after it.
    spool: Spool,
    /// Since when the client has taken nothing, if there is something.
    since: Instant,
    /// How long it was waited for before that, and how much it has taken.
    waited: Duration,
    moved: u64,
    gone: bool,
    recording: Option<Recording>,
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.unsent() == 0
    }

    fn unsent(&self) -> u64 {
        (self.front.len() - self.at) as u64 + self.spool.length()
    }
}

impl Pushed {
    fn new(record: bool) -> Self {
        let recording = record.then(Recording::default);
        let (front, spool) = (Vec::new(), Spool::new(IN_MEMORY));
        let (since, waited, moved) = (Instant::now(), Duration::ZERO, 0);
        let (at, gone) = (0, false);
        let queue = Queue { front, at, spool, since, waited, moved, gone, recording };
        Pushed { queue: Mutex::new(queue) }
    }

    /// Sends what the socket takes, and keeps the rest.
    fn send(&self, socket: &Socket, bytes: &[u8]) -> io::Result<()> {
        let mut queue = self.lock();
        if queue.gone {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let mut left = bytes;
        while queue.is_empty() && !left.is_empty() {
            let Some(sent) = socket.send(left, Follows::Nothing)? else { break };
            if let Some(recording) = &mut queue.recording {
                recording.keep_sent(&left[..sent]);
            }
            queue.moved += sent as u64;
            left = &left[sent..];
        }
        if queue.is_empty() {
            queue.since = Instant::now();
        }
        if queue.spool.length() == 0 && !left.is_empty() {
            // What was read of it is not needed any more.
            queue.spool = Spool::new(IN_MEMORY);
        }
        queue.spool.write_all(left)
    }

    /// Sends what is kept, as far as the socket takes it. `None`: it takes
    /// nothing now. 0: nothing is left.
    pub(crate) fn drain(
        &self,
        socket: &Socket,
        recording: Option<&mut Recording>,
    ) -> io::Result<Option<usize>> {
        let mut queue = self.lock();
        if queue.is_empty() {
            if let (Some(own), Some(recording)) = (queue.recording.take(), recording) {
                recording.keep_sent(&own.sent);
            }
            return Ok(Some(0));
        }
        let Queue { front, at, spool, since, waited, moved, recording, .. } = &mut *queue;
        if *at == front.len() {
            *at = 0;
            front.resize(PIECE, 0);
            let length = spool.read(front)?;
            front.truncate(length);
        }
        let Some(sent) = socket.send(&front[*at..], Follows::Nothing)? else { return Ok(None) };
        if let Some(own) = recording {
            own.keep_sent(&front[*at..*at + sent]);
        }
        *at += sent;
        *moved += sent as u64;
        let began = std::mem::replace(since, Instant::now());
        *waited += *since - began;
        Ok(Some(sent))
    }

    /// Whether all that was written has left.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// How much longer the client may take nothing of what was written; `None` if it
    /// is too slow already. Only the time counts in which there was something to take.
    pub(crate) fn patience(&self, pace: &Pace, now: Instant) -> Option<Duration> {
        let Queue { since, waited, moved, .. } = *self.lock();
        let still = now.saturating_duration_since(since);
        let left = pace.stall.checked_sub(still).filter(|left| !left.is_zero())?;
        Some(pace.remaining(moved, waited + still)?.min(left))
    }

    /// Lets everything that is written from now on fail: the client is gone.
    pub(crate) fn give_up(&self) {
        self.lock().gone = true;
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
