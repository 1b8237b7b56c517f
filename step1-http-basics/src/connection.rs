//! One connection: requests in, responses out, in order.
//!
//! Chapter 2 · RFC 9112 §9
//!
//! *Strategy*: everything that must be decided is decided by pure functions
//! (`parse`, `decisions`); what is left is to carry bytes between the socket,
//! the handler and the socket. Whenever the end of a request is in
//! doubt, the connection is closed.
//!
//! ```text
//!     ┌──────────────────── persistent ────────────────────┐
//!     ▼                                                    │
//!  read head ──► framing ──► handler ──► drop the rest ──► send
//!     │             │                        │              │
//!     └── error ────┴────────── error ───────┴──► answer ──► close
//! ```

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue, StatusCode};

use crate::clock;
use crate::content::Content;
use crate::decisions::{self, Asked, Incoming, Sender, Then};
use crate::deliver::deliver;
use crate::error::RequestError;
use crate::framing::Framing;
use crate::handler::{self, Handler, Request, Response};
use crate::limits::Limits;
use crate::open_connections::{Activity, OpenConnection};
use crate::parse::{self, RequestHead};
use crate::recording::Recording;
use crate::wire::{self, Wire};

/// What a connection needs to know to serve requests.
pub struct Service<'s> {
    /// Answers the requests.
    pub handler: &'s dyn Handler,
    /// How much may come, and how slowly.
    pub limits: Limits,
    /// What the `Server` field says.
    pub server: HeaderValue,
    /// Called after each exchange, for the access log and the x-ray.
    pub observer: Option<&'s (dyn Fn(&Exchange<'_>) + Sync)>,
    /// Whether the observer wants to see the bytes on the wire.
    pub record: bool,
}

impl<'s> Service<'s> {
    /// A service without an observer.
    #[must_use]
    pub fn new(handler: &'s dyn Handler, limits: Limits) -> Self {
        let server = HeaderValue::from_static("http-steps");
        Service { handler, limits, server, observer: None, record: false }
    }

    /// Who sends the responses, now.
    #[must_use]
    pub fn sender(&self) -> Sender<'_> {
        Sender { server: &self.server, date: clock::date() }
    }
}

/// One request and its response, after the fact.
pub struct Exchange<'e> {
    /// The address of the client.
    pub peer: Option<SocketAddr>,
    /// The first line of the request as it came, without its line end; empty
    /// if no line came.
    pub request_line: &'e [u8],
    /// The fields of the request, if it could be read.
    pub fields: Option<&'e HeaderMap>,
    /// The status code of the response.
    pub status: StatusCode,
    /// The bytes of content that were sent.
    pub sent: u64,
    /// From the first byte of the request to the last of the response.
    pub duration: Duration,
    /// Why there was no proper answer, or why it broke off.
    pub error: Option<&'e dyn std::error::Error>,
    /// What went over the wire, if [`Service::record`] is set.
    pub recording: Option<&'e Recording>,
}

/// Serves one connection until it is over.
pub fn serve_connection(connection: &OpenConnection<'_>, service: &Service<'_>) {
    let wire = match Wire::of(connection, &service.limits) {
        Ok(wire) => wire,
        Err(error) => {
            return log::debug!("a connection was lost before its first request: {error}");
        }
    };
    let local = connection.stream().local_addr().ok();
    let now = Instant::now();
    Spine {
        connection,
        service,
        wire,
        local,
        raw_head: Vec::new(),
        out: Vec::new(),
        began: now,
        now,
    }
    .run();
}

/// Tells a client that there is no room for it now, without reading a request.
pub fn turn_away(connection: &OpenConnection<'_>, service: &Service<'_>) {
    let mut out = Vec::new();
    decisions::no_room(&service.sender(), &mut out);
    if let Ok(mut wire) = Wire::of(connection, &service.limits) {
        let _ = wire.send(&out, &[]);
    }
}

struct Spine<'c, 's> {
    connection: &'c OpenConnection<'c>,
    service: &'c Service<'s>,
    wire: Wire<'c>,
    local: Option<SocketAddr>,
    raw_head: Vec<u8>,
    out: Vec<u8>,
    /// When the first byte of the request came.
    began: Instant,
    /// When something happened last. Looking at a clock costs time too, so it
    /// is done once for each thing that happens.
    now: Instant,
}

impl Spine<'_, '_> {
    // ANCHOR: run
    fn run(&mut self) {
        loop {
            let head = match self.read_head() {
                Ok(Some(head)) => head,
                Ok(None) => return,
                Err(error) => return self.refuse(&error),
            };
            self.connection.does_since(Activity::Answers, self.now);
            match self.exchange(head) {
                Ok(Then::Next) => self.connection.does_since(Activity::AwaitsHead, self.now),
                Ok(Then::Close) => return self.wire.linger(&self.service.limits, u64::MAX),
                Err(error) => return self.refuse(&error),
            }
        }
    }
    // ANCHOR_END: run

    /// The next head; `None` if the client is done, or silent for too long.
    fn read_head(&mut self) -> Result<Option<RequestHead>, RequestError> {
        let limits = &self.service.limits;
        self.raw_head.clear();
        if self.service.record {
            self.wire.record();
        }
        let waits_since = self.now;
        let (mut begun, mut looked_at) = (false, 0);
        loop {
            let empty = parse::leading_empty_lines(self.wire.unread());
            if empty > 0 {
                self.wire.consume(empty);
                looked_at = 0;
            }
            let unread = self.wire.unread();
            if unread.is_empty() && self.connection.is_last() {
                return Ok(None);
            }
            // Any byte starts the clock of the head, and none starts it anew.
            if !begun && (empty > 0 || !unread.is_empty()) {
                (begun, self.began) = (true, self.now);
            }
            if parse::is_worth_a_look(unread, looked_at) {
                looked_at = unread.len();
                if let Some((head, length)) = parse::request_head(unread, limits)? {
                    self.raw_head.extend_from_slice(&unread[..length]);
                    self.wire.consume(length);
                    return Ok(Some(head));
                }
            }
            let (since, limit) = match begun {
                true => (self.began, limits.head_deadline),
                false => (waits_since, limits.keep_alive),
            };
            let nothing = unread.is_empty();
            let filled = self.wire.fill(limit.saturating_sub(self.now - since));
            self.now = Instant::now();
            let in_time = self.now - since < limit;
            match filled {
                Ok(0) if !nothing => return Err(RequestError::Incomplete),
                Ok(0) => return Ok(None),
                Ok(_) if in_time => {}
                // The socket may time out earlier than it was asked to.
                Err(error) if wire::timed_out(&error) && in_time => {}
                Err(error) if !wire::timed_out(&error) => return Err(error.into()),
                _ if nothing => return Ok(None),
                _ => return Err(RequestError::TooSlow),
            }
        }
    }

    // ANCHOR: exchange
    /// One request: hands it to the handler and sends what comes back.
    fn exchange(&mut self, head: RequestHead) -> Result<Then, RequestError> {
        let service = self.service;
        let incoming = Incoming::of(&head, &service.limits)?;
        let mut content = Content::new(&mut self.wire, &incoming, &service.limits);
        let mut request = Request {
            presence: self.connection.presence(head.version),
            head,
            raw_head: &self.raw_head,
            framing: incoming.framing,
            content: &mut content,
            peer: self.connection.peer,
            local: self.local,
        };
        let response = handler::call(service.handler, &mut request);
        let head = request.head;
        let all_was_read = content.finish()?;
        let then = if all_was_read { incoming.then } else { Then::Close };
        Ok(self.send(&head, response, then))
    }
    // ANCHOR_END: exchange

    /// Sends a response, and tells the observer.
    fn send(&mut self, request: &RequestHead, response: Response, then: Then) -> Then {
        let then = if self.connection.is_last() { Then::Close } else { then };
        let asked = Asked { method: &request.method, version: request.version, then };
        self.out.clear();
        let sender = self.service.sender();
        let outgoing = decisions::outgoing(&asked, response, &sender, &mut self.out);
        let result = deliver(&mut self.wire, &mut self.out, outgoing.body, outgoing.framing);
        self.now = Instant::now();
        let error = result.as_ref().err().map(|error| error as &dyn std::error::Error);
        self.observe(Some(&request.fields), outgoing.status, *result.as_ref().unwrap_or(&0), error);
        if result.is_ok() {
            return outgoing.then;
        }
        // A response that broke off must not be followed by another, and must not
        // look whole: RFC 9112 §8.
        if outgoing.framing == Framing::UntilClose {
            self.wire.reset_when_closed();
        }
        Then::Close
    }

    /// Answers a request that no handler can answer, and closes.
    fn refuse(&mut self, error: &RequestError) {
        // A head that could not be read was never taken off the wire.
        if self.raw_head.is_empty() {
            self.raw_head.extend_from_slice(self.wire.unread());
        }
        self.out.clear();
        let sender = self.service.sender();
        let Some(refusal) = decisions::refusal(error, &self.raw_head, &sender, &mut self.out)
        else {
            return log::debug!("{error}");
        };
        let sent = deliver(&mut self.wire, &mut self.out, refusal.body, refusal.framing);
        let unread = self.wire.unread().len();
        self.wire.consume(unread);
        self.now = Instant::now();
        self.observe(None, refusal.status, sent.unwrap_or(0), Some(error));
        let limits = &self.service.limits;
        self.wire.linger(limits, error.bytes_to_drop(limits));
    }

    fn observe(
        &self,
        fields: Option<&HeaderMap>,
        status: StatusCode,
        sent: u64,
        error: Option<&dyn std::error::Error>,
    ) {
        let Some(observer) = self.service.observer else { return };
        observer(&Exchange {
            peer: self.connection.peer,
            request_line: decisions::first_line(&self.raw_head),
            fields,
            status,
            sent,
            duration: self.now - self.began,
            error,
            recording: self.wire.recording(),
        });
    }
}
