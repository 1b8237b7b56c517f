//! One connection of a responder: requests in, answers out, in order.
//!
//! Chapter 4 · FastCGI specification §3, §4, §5
//!
//! *Strategy*: records come until a request has begun and its variables are
//! whole; then the application runs, and reads the rest itself (`exchange`).
//! What belongs to no request is answered at once or dropped.
//!
//! ```text
//!        ┌─────────────────────────────────────────────────────┐
//!        ▼                                                     │
//!      Idle ──BEGIN──► Params ──empty PARAMS──► application ──END_REQUEST
//!       │  ▲
//!       └──┘ GET_VALUES, and what is left of the last request
//! ```

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use super::exchange::{Exchange, Stdin};
use super::{Application, Limits, management};
use crate::fastcgi::incoming::{Found, Incoming};
use crate::fastcgi::params;
use crate::fastcgi::record::{
    BeginRequest, EndRequest, Kind, NO_REQUEST, ProtocolStatus, RESPONDER, Record,
};
use crate::fastcgi::socket::Socket;
use crate::program::Variables;

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Keep,
    Close,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) socket: Socket,
    pub(super) incoming: Incoming,
    pub(super) idle_since: Instant,
    pub(super) limits: Limits,
}

impl Connection {
    pub(super) fn new(fd: OwnedFd, limits: Limits) -> io::Result<Self> {
        Ok(Connection {
            socket: Socket::new(fd).with_stall(limits.stall)?,
            incoming: Incoming::default(),
            idle_since: Instant::now(),
            limits,
        })
    }

    /// Bytes have come: answers the requests that begin in them.
    pub(super) fn attend(&mut self, application: &Application<'_>) -> Then {
        let room = self.incoming.room();
        match self.socket.receive_now(room) {
            Ok(Some(0)) => return Then::Close,
            Ok(Some(length)) => self.incoming.received(length),
            Ok(None) => return Then::Keep,
            Err(error) => {
                log::debug!("a connection was lost: {error}");
                return Then::Close;
            }
        }
        let then = self.answer_what_came(application).unwrap_or_else(|error| {
            log::warn!("a connection is closed: {error}");
            Then::Close
        });
        self.incoming.rest();
        then
    }

    fn answer_what_came(&mut self, application: &Application<'_>) -> io::Result<Then> {
        while let Some(found) = self.incoming.next().map_err(io::Error::other)? {
            if found.kind != Kind::BeginRequest {
                // What is left of a request that was answered before all of it
                // had been read means nothing any more.
                self.answer_management(&found)?;
                continue;
            }
            let begin = BeginRequest::parse(self.incoming.content(found.content))
                .map_err(io::Error::other)?;
            if let Then::Close = self.answer_one(found.request_id, begin, application)? {
                return Ok(Then::Close);
            }
        }
        Ok(Then::Keep)
    }

    /// One request, from its beginning to its end.
    fn answer_one(
        &mut self,
        id: u16,
        begin: BeginRequest,
        application: &Application<'_>,
    ) -> io::Result<Then> {
        let stdin = if begin.role != RESPONDER {
            self.end_request(id, ProtocolStatus::UnknownRole)?;
            Stdin::Comes
        } else if let Some(variables) = self.read_variables(id)? {
            Exchange::new(self, id).run(application, &variables)?
        } else {
            self.end_request(id, ProtocolStatus::RequestComplete)?;
            return Ok(if begin.keep_connection { Then::Keep } else { Then::Close });
        };
        if begin.keep_connection {
            return Ok(Then::Keep);
        }
        self.socket.finish();
        if stdin != Stdin::Ended && !self.stdin_ends_in_what_came(id)? {
            self.linger();
        }
        Ok(Then::Close)
    }

    /// The variables of a request; `None` if it is aborted before they are whole.
    fn read_variables(&mut self, id: u16) -> io::Result<Option<Variables>> {
        let deadline = Instant::now() + self.limits.params_deadline;
        let mut bytes = Vec::new();
        loop {
            let found = self.next(deadline.saturating_duration_since(Instant::now()))?;
            match found.kind {
                Kind::Params if found.request_id == id && found.content.is_empty() => {
                    let pairs = params::parse(&bytes).map_err(io::Error::other)?;
                    return Ok(Some(pairs.into_iter().collect()));
                }
                Kind::Params if found.request_id == id => {
                    bytes.extend_from_slice(self.incoming.content(found.content));
                    let most = self.limits.params;
                    if bytes.len() > most {
                        let error = format!("more than {most} bytes of variables");
                        return Err(io::Error::other(error));
                    }
                }
                Kind::AbortRequest if found.request_id == id => return Ok(None),
                _ => self.answer_other(id, &found)?,
            }
        }
    }

    /// The next record, which is waited for.
    pub(super) fn next(&mut self, patience: Duration) -> io::Result<Found> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(found) = self.incoming.next().map_err(io::Error::other)? {
                return Ok(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "no whole record in time"));
            }
            let room = self.incoming.room();
            match self.socket.receive(room, left)? {
                0 => {
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the server closed it in the middle of a request",
                    ));
                }
                length => self.incoming.received(length),
            }
        }
    }

    // ANCHOR: answer_other
    /// A record that does not belong to the request that is being answered.
    pub(super) fn answer_other(&mut self, id: u16, found: &Found) -> io::Result<()> {
        match found.kind {
            Kind::BeginRequest if found.request_id == id => Err(io::Error::other(format!(
                "request {id} begins again before it has ended (FastCGI §3.3)"
            ))),
            Kind::BeginRequest => {
                self.end_request(found.request_id, ProtocolStatus::CannotMultiplex)
            }
            _ => self.answer_management(found),
        }
    }
    // ANCHOR_END: answer_other

    /// A record that belongs to no request.
    /// [FastCGI §4](https://fastcgi-archives.github.io/FastCGI_Specification.html#S4)
    fn answer_management(&mut self, found: &Found) -> io::Result<()> {
        if found.request_id != NO_REQUEST {
            return Ok(());
        }
        let content = self.incoming.content(found.content.clone());
        let (kind, content) = management::answer(found.kind, content, self.limits.connections);
        self.send(Record { kind, request_id: NO_REQUEST, content: &content })
    }

    /// A request that the application does not hear of.
    fn end_request(&self, request_id: u16, protocol_status: ProtocolStatus) -> io::Result<()> {
        let content = EndRequest { app_status: 0, protocol_status }.content();
        self.send(Record { kind: Kind::EndRequest, request_id, content: &content })
    }

    fn send(&self, record: Record<'_>) -> io::Result<()> {
        let mut out = Vec::new();
        record.encode(&mut out);
        self.socket.send_all(&out)
    }

    /// An application that reads no stdin leaves its end unread; mostly it has
    /// come with the variables.
    fn stdin_ends_in_what_came(&mut self, id: u16) -> io::Result<bool> {
        while let Some(found) = self.incoming.next().map_err(io::Error::other)? {
            if found.kind == Kind::Stdin && found.request_id == id && found.content.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads on for a moment: closing a socket that has unread bytes could take
    /// the answer away from the other side before it has read it.
    fn linger(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(2);
        let mut waste = [0; 16 * 1024];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || !matches!(self.socket.receive(&mut waste, left), Ok(1..)) {
                return;
            }
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
