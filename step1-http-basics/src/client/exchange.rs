//! One exchange: the phases between Enter and the page, in their order.
//!
//! Chapter 1 · RFC 9112 §9
//!
//! *Strategy*: each phase waits for one thing, with a deadline, and tells the
//! observer. What the bytes mean is left to the pure leaves, the same ones that
//! the server uses. A request is sent whole before its answer is read: a server
//! that answers at length while it still reads makes both wait in vain.
//!
//! ```text
//! resolve ──► connect ──► send ──► wait ──► receive ──► close
//!             │     ▲              ▲ ▲      │
//!             └─────┘              │ └──────┘ interim response
//!          next address            └── after 100 Continue: send, wait again
//! ```

use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use http::StatusCode;

use super::Settings;
use super::connect::connect;
use super::content;
use super::fault::{Fault, Phase};
use super::request::Request;
use super::resolve::resolve;
use super::stage::{Closing, Event, Stage};
use crate::framing;
use crate::limits::Limits;
use crate::parse::{self, HeadError, ResponseHead};
use crate::wire::Wire;

/// How long `100 Continue` is waited for before the content is sent anyway.
/// [RFC 9110 §10.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1)
const CONTINUE_PATIENCE: Duration = Duration::from_secs(1);
/// The most interim responses before the final one.
const MAX_INTERIM: usize = 20;
/// How long the server may take to close its side, and how much it may still
/// send.
const LINGER: Duration = Duration::from_secs(2);
const MAX_SURPLUS: u64 = 64 * 1024;

// ANCHOR: run
/// Sends one request over a connection of its own, and receives the response.
pub(super) fn run(
    request: &Request,
    settings: &Settings,
    stage: &mut Stage<'_>,
) -> Result<ResponseHead, Fault> {
    let addresses = resolve(request.url(), settings, stage)?;
    let stream = connect(&addresses, settings, stage)?;
    let limits = settings.limits();
    let wire = Wire::new(&stream, &limits).map_err(Fault::Io)?;
    let mut conversation = Conversation { request, wire, limits: &limits, settings, stage };
    let head = conversation.send_and_wait()?;
    conversation.receive(&head)?;
    conversation.close(&stream)?;
    Ok(head)
}
// ANCHOR_END: run

struct Conversation<'c, 's> {
    request: &'c Request,
    wire: Wire<'c>,
    limits: &'c Limits,
    settings: &'c Settings,
    stage: &'c mut Stage<'s>,
}

impl Conversation<'_, '_> {
    /// Sends the request, and waits for the head of the final response.
    fn send_and_wait(&mut self) -> Result<ResponseHead, Fault> {
        let head = self.request.head();
        let content = self.request.content();
        let broke_off = if self.request.expects_continue() {
            self.send(&head, &[])?;
            if let Some(answer) = self.wait_for_continue()? {
                return Ok(answer);
            }
            self.send(&[], content)?
        } else {
            self.send(&head, content)?
        };
        for _ in 0..=MAX_INTERIM {
            match self.next_head(self.settings.timeout) {
                Ok(head) if head.status == StatusCode::SWITCHING_PROTOCOLS => {
                    return Err(Fault::Switched);
                }
                Ok(head) if head.status.is_informational() => {}
                Ok(head) => return Ok(head),
                Err(Fault::Reset | Fault::NoAnswer) if broke_off => {
                    self.stage.phase = Phase::Send;
                    return Err(Fault::Reset);
                }
                Err(fault) => return Err(fault),
            }
        }
        Err(Fault::TooManyInterim)
    }

    /// Sends all of it; whether the server stopped listening half-way, which
    /// it may do when it has an answer already.
    fn send(&mut self, head: &[u8], content: &[u8]) -> Result<bool, Fault> {
        self.stage.begin(Phase::Send)?;
        let sent = self.wire.send(head, content);
        let broke_off = match sent.map_err(|error| Fault::of(error, self.settings.timeout)) {
            Ok(()) => false,
            Err(Fault::Reset) => true,
            Err(fault) => return Err(fault),
        };
        self.stage.tell(Event::Sent { head, content, broke_off })?;
        Ok(broke_off)
    }

    /// The final response, if there is one already; else the content may go.
    fn wait_for_continue(&mut self) -> Result<Option<ResponseHead>, Fault> {
        for _ in 0..=MAX_INTERIM {
            match self.next_head(CONTINUE_PATIENCE.min(self.settings.timeout)) {
                Ok(head) if head.status == StatusCode::CONTINUE => return Ok(None),
                Ok(head) if head.status.is_informational() => {}
                Ok(head) => return Ok(Some(head)),
                Err(Fault::TimedOut(_)) if self.wire.unread().is_empty() => return Ok(None),
                Err(fault) => return Err(fault),
            }
        }
        Err(Fault::TooManyInterim)
    }

    /// Waits for the head of a response, interim or final.
    fn next_head(&mut self, patience: Duration) -> Result<ResponseHead, Fault> {
        let mut deadline = Instant::now() + patience;
        if self.wire.unread().is_empty() {
            self.stage.begin(Phase::Wait)?;
        }
        loop {
            if let Some(head) = self.parse_head()? {
                return Ok(head);
            }
            let begun = !self.wire.unread().is_empty();
            let length = content::until(deadline, |patience| self.wire.fill(patience))
                .map_err(|error| Fault::of(error, patience))?;
            match length {
                0 if begun => return Err(Fault::HeadCutShort),
                0 => return Err(Fault::NoAnswer),
                _ if begun => {}
                _ => {
                    self.stage.tell(Event::Answered)?;
                    self.stage.begin(Phase::Receive)?;
                    deadline = Instant::now() + self.settings.timeout;
                }
            }
        }
    }

    fn parse_head(&mut self) -> Result<Option<ResponseHead>, Fault> {
        let unread = self.wire.unread();
        let parsed = parse::response_head(unread, self.limits).map_err(|error| match error {
            HeadError::StatusLine => {
                Fault::NotHttp { error, began: unread[..unread.len().min(40)].to_vec() }
            }
            error => Fault::Head(error),
        });
        let Some((head, length)) = parsed? else { return Ok(None) };
        let framing = self.framing(&head)?;
        self.stage.tell(Event::Head { raw: &unread[..length], head: &head, framing })?;
        self.wire.consume(length);
        Ok(Some(head))
    }

    fn framing(&self, head: &ResponseHead) -> Result<framing::Framing, Fault> {
        framing::of_response(self.request.method(), head.status, head.version, &head.fields)
            .map_err(Fault::Framing)
    }

    /// Receives the content, piece by piece.
    fn receive(&mut self, head: &ResponseHead) -> Result<(), Fault> {
        let framing = self.framing(head)?;
        let stage = &mut *self.stage;
        let (content, trailers) =
            content::receive(&mut self.wire, framing, self.limits, &mut |piece| {
                stage.tell(Event::Content(piece))
            })?;
        self.stage.tell(Event::Received { content, framing, trailers: &trailers })
    }

    /// Ends our side, and waits a moment for the server to end its own.
    fn close(&mut self, stream: &TcpStream) -> Result<(), Fault> {
        self.stage.begin(Phase::Close)?;
        let deadline = Instant::now() + LINGER.min(self.settings.timeout);
        let mut surplus = 0;
        let mut waste = [0; 8 * 1024];
        // A server that has reset the connection leaves nothing to end.
        let _ = stream.shutdown(Shutdown::Write);
        let closing = loop {
            match content::until(deadline, |patience| self.wire.read(&mut waste, patience)) {
                Ok(0) => break Closing::ByBoth { surplus },
                Ok(length) if surplus < MAX_SURPLUS => surplus += length as u64,
                Ok(_) => break Closing::ByUs,
                Err(error) => match Fault::of(error, LINGER) {
                    Fault::TimedOut(_) => break Closing::ByUs,
                    _ => break Closing::Reset,
                },
            }
        };
        self.stage.tell(Event::Closed(closing))
    }
}
