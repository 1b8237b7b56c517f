//! The second half of an exchange: from a request that is there whole to the
//! last byte of its answer.
//!
//! Chapter 6 · RFC 9112 §6, §9.6
//!
//! *Strategy*: an answer in place is put together in the loop's own buffer, and
//! nearly always the socket takes it in one write; then the connection has kept
//! nothing. Only what is left over becomes a state of the connection.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderValue, Method, StatusCode, Version};
use step1_http_basics::decisions::{self, Then};
use step1_http_basics::encode;
use step1_http_basics::error::RequestError;
use step1_http_basics::handler::Response;

use super::complaints::Who;
use super::connection::{Answering, Connection, Head, Receiving, Sending, State, Step};
use super::input::Came;
use super::outgoing::{Outgoing, Pumped, Source};
use super::trace::recording;
use super::turn::Turn;
use crate::forwarded::Origin;
use crate::push::{AskedFor, Push};
use crate::responder::{Answer, Arrived};
use crate::workers::{Job, Respond};

/// How long a closing connection is listened to, at most and without a byte.
const LINGER: Duration = Duration::from_secs(5);
const LINGER_SILENT: Duration = Duration::from_secs(2);

impl Connection {
    // ANCHOR: dispatch
    /// A request is there whole: it is answered in place, or in the pool.
    pub(super) fn dispatch(&mut self, received: Receiving, turn: &mut Turn<'_>) -> Step {
        let Receiving { mut head, raw_head, incoming, content, .. } = received;
        turn.counts.requests += 1;
        let then = if turn.is_last() { Then::Close } else { incoming.then };
        let asked = AskedFor { method: head.method.clone(), version: head.version, then };
        let pages = &turn.service.pages;
        let Origin { client, scheme } = pages.forwarded.origin(self.peer, &mut head.fields);
        let (path, client_ip) = (head.target.path(), client.map(|client| client.ip()));
        if let Some(page) = pages.answer(path, client_ip, || turn.counts(), turn.is_last()) {
            turn.raw_head = raw_head;
            return self.answer(&asked, page.into(), turn);
        }
        let request = Arrived {
            head,
            raw_head: Cow::Borrowed(&raw_head),
            framing: incoming.framing,
            content: content.spool,
            peer: client,
            local: self.local,
            scheme,
        };
        if let Some(pool) = turn.pool {
            let (key, socket) = (self.key, Arc::clone(&self.socket));
            let request = request.into_owned();
            let job = Respond { key, request, socket, asked: asked.clone() };
            if pool.submit(Job::Respond(Box::new(job))).is_err() {
                return self.answer(&asked, busy().into(), turn);
            }
            self.enter(State::Answering(Box::new(Answering { asked, pushed: None })), turn.now);
            self.deadline = turn.now + turn.service.timeout;
            return Step::On;
        }
        let service = turn.service;
        let socket = Arc::clone(&self.socket);
        let server = service.server.clone();
        let push = Push::new(socket, asked.clone(), server, service.record, None);
        let answer = service.responder.respond(request, push);
        turn.raw_head = raw_head;
        // It may have taken long, and nobody else had a turn meanwhile.
        turn.now = Instant::now();
        self.answer(&asked, answer, turn)
    }
    // ANCHOR_END: dispatch

    /// Begins to send an answer, or goes on with one that has begun.
    pub(super) fn answer(&mut self, asked: &AskedFor, answer: Answer, turn: &mut Turn<'_>) -> Step {
        let Answer { response, reason, begun, keep } = answer;
        let mut outgoing = std::mem::take(&mut turn.outgoing);
        outgoing.reuse();
        outgoing.keep = keep;
        let (status, then) = match begun {
            Some(begun) => {
                outgoing.go_on(&begun, response.body);
                (begun.status, begun.then)
            }
            None => {
                let mut asked = asked.borrow();
                if turn.is_last() {
                    asked.then = Then::Close;
                }
                let sender = turn.service.sender();
                let leaves = decisions::outgoing(&asked, response, &sender, &mut outgoing.bytes);
                if let Some(reason) = reason {
                    outgoing.set_reason(&reason);
                }
                if let Err(error) = outgoing.follow(leaves.body, leaves.framing) {
                    return self.broke_off(leaves.status, outgoing, &error, turn);
                }
                (leaves.status, leaves.then)
            }
        };
        let sending = Sending { outgoing, status, then, began: turn.now, awaits_piece: false };
        self.pump(sending, turn)
    }

    /// Goes on sending.
    pub(super) fn send(&mut self, turn: &mut Turn<'_>) -> Step {
        if !self.writable {
            return Step::Wait;
        }
        match self.leave() {
            State::Sending(sending) if sending.awaits_piece => {
                self.state = State::Sending(sending);
                Step::Wait
            }
            State::Sending(sending) => self.pump(*sending, turn),
            state => {
                self.state = state;
                Step::On
            }
        }
    }

    /// Sends as much as the socket takes; what is left becomes the state.
    fn pump(&mut self, mut sending: Sending, turn: &mut Turn<'_>) -> Step {
        loop {
            let recording = recording(&mut self.trace);
            let mut pumped = match sending.outgoing.pump(&self.socket, recording) {
                Ok(pumped) => pumped,
                Err(error) => {
                    return self.broke_off(sending.status, sending.outgoing, &error, turn);
                }
            };
            if pumped == Pumped::NeedsPiece && turn.pool.is_none() {
                if let Err(error) = sending.outgoing.next_piece() {
                    return self.piece_failed(sending, &error, turn);
                }
                turn.now = Instant::now();
                if !turn.is_up() {
                    continue;
                }
                pumped = Pumped::Yields;
            }
            match pumped {
                Pumped::Done => return self.sent(sending, turn),
                Pumped::NeedsPiece => {
                    self.ask_for_piece(sending, turn);
                    return Step::Wait;
                }
                Pumped::Blocked | Pumped::Yields => {
                    self.writable = pumped == Pumped::Yields;
                    let pace = &turn.service.limits.pace;
                    let patience = sending.outgoing.patience(pace, sending.began, turn.now);
                    let Some(patience) = patience else {
                        return self.cut_off(sending, turn);
                    };
                    self.enter(State::Sending(Box::new(sending)), turn.now);
                    self.deadline = turn.now + patience;
                    return if self.writable { Step::Yield } else { Step::Wait };
                }
            }
        }
    }

    /// Lets a thread make the next piece of a stream.
    fn ask_for_piece(&mut self, mut sending: Sending, turn: &Turn<'_>) {
        if let (Some(pool), Source::Stream(stream)) =
            (turn.pool, std::mem::take(&mut sending.outgoing.source))
        {
            // Only requests are ever refused.
            let _ = pool.submit(Job::Piece(self.key, stream));
        }
        sending.awaits_piece = true;
        self.enter(State::Sending(Box::new(sending)), turn.now);
        self.deadline = turn.now + turn.service.timeout;
    }

    /// All of an answer has left.
    fn sent(&mut self, mut sending: Sending, turn: &mut Turn<'_>) -> Step {
        self.observe(sending.status, sending.outgoing.sent, None, turn.service);
        turn.discard(sending.outgoing.take_source(), sending.outgoing.keep.take());
        turn.outgoing = sending.outgoing;
        // A client that was not told that this is the last answer may ask again.
        if sending.then == Then::Close || turn.is_finishing() {
            return self.say_goodbye(turn.now);
        }
        self.enter(State::Head(Head::default()), turn.now);
        self.deadline = turn.now + turn.service.limits.keep_alive;
        if turn.is_up() { Step::Yield } else { Step::On }
    }

    /// A stream has failed. If nothing has left yet, the answer is another.
    pub(super) fn piece_failed(
        &mut self,
        mut sending: Sending,
        error: &io::Error,
        turn: &mut Turn<'_>,
    ) -> Step {
        if !sending.outgoing.head_waits {
            return self.broke_off(sending.status, sending.outgoing, error, turn);
        }
        log::error!("the content of a response failed before its first byte: {error}");
        turn.discard(sending.outgoing.take_source(), sending.outgoing.keep.take());
        let (method, version) = (Method::GET, Version::HTTP_11);
        let asked = AskedFor { method, version, then: Then::Close };
        self.answer(&asked, plain(StatusCode::INTERNAL_SERVER_ERROR).into(), turn)
    }

    /// An answer has not made its way in time: the client does not read, or the
    /// application makes no more of it.
    pub(super) fn cut_off(&mut self, sending: Sending, turn: &mut Turn<'_>) -> Step {
        if sending.awaits_piece {
            let timeout = turn.service.timeout;
            log::error!("no more of an answer within {timeout:?}: it is cut off");
        } else {
            let (now, who) = (turn.now, Who(self.peer));
            turn.deaf.say(now, format_args!("{who} does not read its answer: it is cut off"));
        }
        let late = io::ErrorKind::TimedOut.into();
        self.broke_off(sending.status, sending.outgoing, &late, turn)
    }

    /// An answer cannot be finished. The client can tell: a length or a last
    /// chunk is missing. Where neither was promised, the connection is reset.
    /// [RFC 9112 §8](https://www.rfc-editor.org/rfc/rfc9112#section-8)
    pub(super) fn broke_off(
        &mut self,
        status: StatusCode,
        mut outgoing: Outgoing,
        error: &io::Error,
        turn: &mut Turn<'_>,
    ) -> Step {
        let may_look_whole = outgoing.ends_with_the_connection();
        turn.discard(outgoing.take_source(), outgoing.keep.take());
        self.observe(status, 0, Some(error), turn.service);
        if may_look_whole || error.kind() == io::ErrorKind::TimedOut {
            self.socket.reset_when_closed();
            return Step::Close;
        }
        self.say_goodbye(turn.now)
    }

    /// Answers a request that nobody can answer, and closes.
    pub(super) fn refuse(
        &mut self,
        error: &RequestError,
        raw_head: Option<&[u8]>,
        turn: &mut Turn<'_>,
    ) -> Step {
        // A head that could not be read was not used up.
        let unread = raw_head.map_or_else(|| self.input.unread().to_vec(), <[u8]>::to_vec);
        if self.trace.is_none() {
            self.trace(&unread, None, turn);
        }
        let mut outgoing = std::mem::take(&mut turn.outgoing);
        outgoing.reuse();
        let sender = turn.service.sender();
        let Some(refusal) = decisions::refusal(error, &unread, &sender, &mut outgoing.bytes) else {
            return Step::Close;
        };
        let _ = outgoing.follow(refusal.body, refusal.framing);
        let recording = recording(&mut self.trace);
        // A refusal is short: a socket that does not take it has no reader.
        let _ = outgoing.pump(&self.socket, recording);
        self.observe(refusal.status, outgoing.sent, Some(error), turn.service);
        if matches!(error, RequestError::ContentTooLarge) {
            let (now, who, most) = (turn.now, Who(self.peer), turn.service.limits.content);
            let what = format_args!("{who} sends more content than {most} bytes: refused");
            turn.too_large.say(now, what);
        }
        turn.outgoing = outgoing;
        self.say_goodbye(turn.now)
    }

    /// Nobody has answered in time. Whoever works on it cannot be stopped, but
    /// the client need not wait.
    pub(super) fn give_up_waiting(&mut self, answering: &Answering, turn: &mut Turn<'_>) -> Step {
        log::error!("no answer within {:?}: the request is given up", turn.service.timeout);
        self.answer(&answering.asked, too_late().into(), turn)
    }

    /// What a client hears that waits for an answer of the pool.
    pub(super) fn while_answering(&mut self, turn: &mut Turn<'_>) -> Step {
        let State::Answering(answering) = &self.state else { return Step::On };
        if let Some(pushed) = &answering.pushed
            && self.writable
        {
            match pushed.drain(&self.socket, None) {
                Ok(Some(0)) => {}
                Ok(Some(_)) => return Step::Yield,
                Ok(None) => self.writable = false,
                Err(_) => return Step::Close,
            }
            self.deadline = turn.now + turn.service.timeout;
        }
        Step::Wait
    }

    /// Ends our side, then reads and drops what the other side still sends. A
    /// socket that is closed with unread bytes resets the connection, and a
    /// reset can overtake the answer.
    /// [RFC 9112 §9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)
    fn say_goodbye(&mut self, now: Instant) -> Step {
        if self.socket.finish().is_err() {
            return Step::Close;
        }
        self.enter(State::Lingering { began: now, dropped: 0 }, now);
        self.deadline = now + LINGER_SILENT;
        self.input.clear();
        Step::On
    }

    pub(super) fn linger(&mut self, turn: &mut Turn<'_>) -> Step {
        let State::Lingering { began, mut dropped } = self.state else { return Step::On };
        loop {
            match self.read(turn) {
                Came::Bytes => {
                    dropped += self.input.unread().len() as u64;
                    self.input.clear();
                    if dropped > turn.service.limits.drain {
                        return Step::Close;
                    }
                    self.deadline = (turn.now + LINGER_SILENT).min(began + LINGER);
                }
                Came::Nothing => {
                    self.state = State::Lingering { began, dropped };
                    return Step::Wait;
                }
                Came::End | Came::Broken => return Step::Close,
            }
        }
    }
}

/// The pool and its queue are full.
/// [RFC 9110 §15.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4)
fn busy() -> Response {
    plain(StatusCode::SERVICE_UNAVAILABLE).field(RETRY_AFTER, HeaderValue::from_static("1"))
}

fn too_late() -> Response {
    plain(StatusCode::SERVICE_UNAVAILABLE).field(CONNECTION, HeaderValue::from_static("close"))
}

fn plain(status: StatusCode) -> Response {
    Response::text(status, format!("{} {}\n", status.as_str(), encode::reason_phrase(status)))
}
