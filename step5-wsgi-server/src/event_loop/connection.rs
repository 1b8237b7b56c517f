//! One connection of the event loop: a state machine.
//!
//! Chapter 6 · RFC 9112 §9
//!
//! *Strategy*: where a blocking server waits in the middle of a function, this
//! one writes down where it stands and returns. So what a thread keeps on its
//! stack is a value here, and the loop can serve ten thousand of them. Each
//! state is left in one function, and all that is decided is decided by the
//! same pure functions as in step 1.
//!
//! ```text
//!            ┌───────────────────────── persistent ──────────────────────┐
//!            ▼                                                           │
//!  accept ─► Head ── head ──► Content ── all came ──► Answering ──► Sending
//!            │  │               │                     (in place or      │
//!            │  └─── error ─────┴────► refusal ──┐     in the pool)      │
//!            │                                   ▼                       │
//!            │                               Lingering ◄──── last one ───┘
//!         idle too long                          │
//!            └───────────► closed ◄──────────────┘
//! ```

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;
use step1_http_basics::decisions::{Incoming, Then};
use step1_http_basics::error::RequestError;
use step1_http_basics::parse::RequestHead;

use super::content::Content;
use super::input::Input;
use super::outgoing::{Outgoing, Source};
use super::slots::Key;
use super::socket::Socket;
use super::trace::Trace;
use super::turn::Turn;
use crate::push::{AskedFor, Pushed};
use crate::responder::Answer;
use crate::stream::Stream;

/// What is told of a request whose client has gone before its answer was there,
/// as nginx does; no client ever sees it.
const CLIENT_HAS_GONE: StatusCode = match StatusCode::from_u16(499) {
    Ok(status) => status,
    Err(_) => StatusCode::BAD_REQUEST,
};

/// A connection, and where it stands.
pub(crate) struct Connection {
    pub(super) key: Key,
    pub(super) socket: Arc<Socket>,
    pub(super) peer: Option<SocketAddr>,
    pub(super) local: Option<SocketAddr>,
    pub(super) input: Input,
    pub(super) state: State,
    /// What the poller has said and no call has contradicted.
    pub(super) readable: bool,
    pub(super) writable: bool,
    /// The other side has ended its half; what it sent before is still read.
    pub(super) half_closed: bool,
    /// How many requests have come whole.
    pub(super) requests: u64,
    /// Since when the connection waits as it does.
    pub(super) since: Instant,
    /// When it has to be looked at, whatever happens.
    pub(super) deadline: Instant,
    /// When the loop will look at it.
    pub(super) looked_at: Instant,
    /// What an observer wants to know; nothing is kept without one.
    pub(super) trace: Option<Box<Trace>>,
}

// ANCHOR: state
/// Where a connection stands, and what it keeps meanwhile.
pub(super) enum State {
    /// It waits for a request, or for the rest of its head.
    Head(Head),
    /// The content of a request is coming.
    Content(Box<Receiving>),
    /// A thread of the pool works on the answer, or another program.
    Answering(Box<Answering>),
    /// The response is on its way.
    Sending(Box<Sending>),
    /// The last word is said; what still comes is read and dropped.
    Lingering { until: Instant, most: u64 },
}
// ANCHOR_END: state

/// A head on its way in.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// When the first byte of it came.
    pub(super) begun: Option<Instant>,
    /// How many bytes of it were looked at.
    pub(super) looked_at: usize,
}

/// A request whose head has come.
pub(super) struct Receiving {
    pub(super) head: RequestHead,
    pub(super) raw_head: Vec<u8>,
    pub(super) incoming: Incoming,
    pub(super) content: Content,
    /// How much of `100 Continue` is still to be sent.
    pub(super) interim: &'static [u8],
}

/// A request that a thread of the pool has, or an application behind this server.
pub(super) struct Answering {
    pub(super) asked: AskedFor,
    /// The number of its errand, if it was handed on.
    pub(super) errand: Option<Key>,
    /// What the application has written before it was done.
    pub(super) pushed: Option<Arc<Pushed>>,
    /// A client that has ended its side was asked whether it is there.
    pub(super) has_knocked: bool,
}

/// A response that the socket has not taken whole.
pub(super) struct Sending {
    pub(super) outgoing: Outgoing,
    pub(super) status: StatusCode,
    pub(super) then: Then,
    pub(super) began: Instant,
    /// A thread makes the next piece.
    pub(super) awaits_piece: bool,
}

/// What a state does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Goes on in the state that it is in now.
    On,
    /// Waits for the poller, the pool, or the deadline.
    Wait,
    /// Waits only for its next turn.
    Yield,
    /// Waits only for the answers of others, to send its own together with them.
    Hold,
    /// Is over.
    Close,
}

/// What becomes of a connection after its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// It waits.
    Keep,
    /// It wants another turn, after the others.
    Again,
    /// It wants another turn, to send its answer together with others.
    Hold,
    /// It is to be closed.
    Close,
}

/// What a connection may be closed for, to make room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    /// For bytes of the client, since then.
    ForRequest(Instant),
    /// For the client to take its answer, since then.
    ForReader(Instant),
    /// It does not wait for the client.
    No,
}

impl Connection {
    pub(crate) fn new(
        key: Key,
        socket: Socket,
        peer: Option<SocketAddr>,
        local: Option<SocketAddr>,
        turn: &Turn<'_>,
    ) -> Self {
        let deadline = turn.now + turn.service.limits.keep_alive;
        Connection {
            key,
            socket: Arc::new(socket),
            peer,
            local,
            input: Input::default(),
            state: State::Head(Head::default()),
            readable: false,
            writable: true,
            half_closed: false,
            requests: 0,
            since: turn.now,
            deadline,
            looked_at: deadline,
            trace: None,
        }
    }

    /// What the poller has to say; `false` if there is nobody to answer any
    /// more. A client that has only ended its half may still be answered.
    pub(crate) fn hears(&mut self, event: &mio::event::Event) -> bool {
        self.readable |= event.is_readable();
        self.writable |= event.is_writable();
        self.half_closed |= event.is_read_closed();
        let gone = event.is_error() || event.is_write_closed();
        !(gone && matches!(self.state, State::Answering(_) | State::Sending(_)))
    }

    // ANCHOR: proceed
    /// Does all that can be done without waiting.
    pub(crate) fn proceed(&mut self, turn: &mut Turn<'_>) -> Flow {
        self.after(Step::On, turn)
    }

    /// Goes on after a step, for as long as there is one that does not wait.
    pub(super) fn after(&mut self, mut step: Step, turn: &mut Turn<'_>) -> Flow {
        while step == Step::On {
            step = match self.state {
                State::Head(_) => self.read_head(turn),
                State::Content(_) => self.read_content(turn),
                State::Answering(_) => self.while_answering(turn),
                State::Sending(_) => self.send(turn),
                State::Lingering { .. } => self.linger(turn),
            };
        }
        self.input.settle(&mut turn.lent);
        match step {
            Step::On | Step::Wait => Flow::Keep,
            Step::Yield => Flow::Again,
            Step::Hold => Flow::Hold,
            Step::Close => Flow::Close,
        }
    }
    // ANCHOR_END: proceed

    /// Its deadline has passed.
    pub(crate) fn expire(&mut self, turn: &mut Turn<'_>) -> Flow {
        let step = match self.leave() {
            State::Head(_) if !self.input.unread().is_empty() => {
                self.refuse(&RequestError::TooSlow, None, turn)
            }
            State::Content(receiving) => {
                self.refuse(&RequestError::TooSlow, Some(&receiving.raw_head), turn)
            }
            State::Answering(answering) if answering.errand.is_some() => {
                self.look_at_errand(answering, turn)
            }
            State::Answering(answering) if answering.pushed.is_none() => {
                self.give_up_waiting(&answering, turn)
            }
            State::Sending(sending) => self.cut_off(*sending, turn),
            State::Answering(answering) => {
                // What has begun is cut off.
                self.state = State::Answering(answering);
                Step::Close
            }
            State::Head(_) | State::Lingering { .. } => Step::Close,
        };
        self.after(step, turn)
    }

    /// The server ends. A connection that waits for a request is closed, unless
    /// a request is there already.
    pub(crate) fn stop(&mut self, turn: &mut Turn<'_>) -> Flow {
        self.readable = true;
        match self.proceed(turn) {
            Flow::Keep if matches!(&self.state, State::Head(head) if head.begun.is_none()) => {
                Flow::Close
            }
            flow => flow,
        }
    }

    /// Whether nothing has come since then.
    pub(crate) fn is_silent_since(&self, accepted: Instant) -> bool {
        self.since == accepted && matches!(&self.state, State::Head(head) if head.begun.is_none())
    }

    /// Whether it has asked once or not at all, and closes, by whichever side,
    /// before its time is over and while the server is not about to end.
    pub(crate) fn passed_by(&self, turn: &Turn<'_>) -> bool {
        self.requests <= 1 && self.deadline > turn.now && !turn.is_last()
    }

    /// For what it waits, if somebody must make room.
    pub(crate) fn waits(&self) -> Waits {
        match &self.state {
            State::Head(_) | State::Content(_) | State::Lingering { .. } => {
                Waits::ForRequest(self.since)
            }
            State::Sending(sending) if !sending.awaits_piece => Waits::ForReader(self.since),
            State::Sending(_) | State::Answering(_) => Waits::No,
        }
    }

    /// A response has begun in the pool.
    pub(crate) fn began(&mut self, pushed: Arc<Pushed>, turn: &mut Turn<'_>) -> Flow {
        if let State::Answering(answering) = &mut self.state {
            answering.pushed = Some(pushed);
        }
        self.writable = true;
        self.proceed(turn)
    }

    /// The pool has answered.
    pub(crate) fn responded(&mut self, answer: Answer, turn: &mut Turn<'_>) -> Flow {
        match self.leave() {
            State::Answering(answering) => {
                let step = self.answer(&answering.asked, answer, turn);
                self.after(step, turn)
            }
            // It was given up, and something else was answered.
            state => {
                self.state = state;
                turn.discard(Source::of(answer.response.body), answer.keep);
                Flow::Keep
            }
        }
    }

    /// The pool has made the next piece of a response.
    pub(crate) fn piece(
        &mut self,
        stream: Stream,
        bytes: &[u8],
        content: io::Result<u64>,
        turn: &mut Turn<'_>,
    ) -> Flow {
        let State::Sending(mut sending) = self.leave() else { return Flow::Close };
        sending.awaits_piece = false;
        // As in place: the time that the application took is not the client's fault.
        sending.began += turn.now - self.since;
        sending.outgoing.source = Source::Stream(stream);
        let step = match content {
            Ok(length) => {
                sending.outgoing.head_waits = false;
                sending.outgoing.bytes.extend_from_slice(bytes);
                sending.outgoing.sent += length;
                self.state = State::Sending(sending);
                self.writable = true;
                Step::On
            }
            Err(error) => self.piece_failed(*sending, &error, turn),
        };
        self.after(step, turn)
    }

    /// Lets go of everything that somebody else might wait for. An answer that has
    /// begun must not look whole.
    pub(crate) fn close(mut self, turn: &mut Turn<'_>, registry: &mio::Registry) {
        let gone = io::Error::new(io::ErrorKind::ConnectionReset, "the client has gone");
        let mut has_begun = false;
        match self.leave() {
            State::Sending(mut sending) => {
                has_begun = true;
                turn.discard(sending.outgoing.take_source(), sending.outgoing.keep.take());
                self.observe(sending.status, sending.outgoing.sent, Some(&gone), turn.service);
            }
            State::Answering(answering) => {
                if let Some(pushed) = answering.pushed {
                    has_begun = true;
                    pushed.give_up();
                }
                if let Some(errand) = answering.errand {
                    turn.relay.forget(errand, turn.now);
                }
                self.observe(CLIENT_HAS_GONE, 0, Some(&gone), turn.service);
            }
            _ => {}
        }
        if has_begun {
            self.socket.reset_when_closed();
        }
        // A thread may still have the socket, and keep it open for a while.
        if Arc::strong_count(&self.socket) > 1 {
            let _ = registry.deregister(&mut mio::unix::SourceFd(&self.socket.number()));
            if has_begun { self.socket.break_off() } else { self.socket.hang_up() }
        }
    }
}
