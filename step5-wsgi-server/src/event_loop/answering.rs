//! The middle of an exchange: from a request that is there whole to its answer.
//!
//! Chapter 6 · RFC 9112 §6, §9.3
//!
//! *Strategy*: an answer in place is put together in the loop's own buffer, and
//! nearly always the socket takes it in one write; then the connection has kept
//! nothing. A request that goes to the pool becomes a state of the connection,
//! until a thread has answered it, or the time for that is over.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use step1_http_basics::decisions::{self, Then};
use step1_http_basics::encode;
use step1_http_basics::error::RequestError;
use step1_http_basics::handler::Response;
use step3_cgi::site::Owner;

use super::complaints::Who;
use super::connection::{Answering, Connection, Receiving, Sending, State, Step};
use super::slots::Key;
use super::together;
use super::trace::recording;
use super::turn::Turn;
use crate::forwarded::Origin;
use crate::push::{AskedFor, Push};
use crate::responder::{Answer, Arrived};
use crate::workers::{Job, Respond};

impl Connection {
    // ANCHOR: dispatch
    /// A request is there whole: it is answered in place, or in the pool.
    pub(super) fn dispatch(&mut self, received: Receiving, turn: &mut Turn<'_>) -> Step {
        let Receiving { mut head, raw_head, incoming, content, .. } = received;
        turn.counts.requests += 1;
        self.requests += 1;
        let then = if turn.is_last() { Then::Close } else { incoming.then };
        let asked = AskedFor { method: head.method.clone(), version: head.version, then };
        let pages = &turn.service.pages;
        let Origin { client, scheme } = pages.forwarded.origin(self.peer, &mut head.fields);
        let (path, client_ip) = (head.target.path(), client.map(|client| client.ip()));
        if let Some(page) = pages.answer(path, client_ip, || turn.counts(), turn.is_last()) {
            turn.raw_head = raw_head;
            return self.answer(&asked, page.into(), turn);
        }
        let owner = turn.relay.relays.owner(path);
        let request = Arrived {
            head,
            raw_head: Cow::Borrowed(&raw_head),
            framing: incoming.framing,
            content: content.spool,
            peer: client,
            local: self.local,
            scheme,
        };
        let step = match owner {
            Owner::Nobody => self.respond(request, asked, turn),
            owner => self.hand_on(owner, request.into_owned(), asked, 0, turn),
        };
        turn.raw_head = raw_head;
        step
    }

    /// Answers in place, or lets the pool answer.
    pub(super) fn respond(
        &mut self,
        request: Arrived<'_>,
        asked: AskedFor,
        turn: &mut Turn<'_>,
    ) -> Step {
        if let Some(pool) = turn.pool {
            let (key, socket) = (self.key, Arc::clone(&self.socket));
            let request = request.into_owned();
            let job = Respond { key, request, socket, asked: asked.clone() };
            if pool.submit(Job::Respond(Box::new(job))).is_err() {
                return self.answer(&asked, busy().into(), turn);
            }
            self.deadline = turn.now + turn.service.timeout;
            return self.await_answer(asked, None, turn);
        }
        let service = turn.service;
        let socket = Arc::clone(&self.socket);
        let server = service.server.clone();
        let push = Push::new(socket, asked.clone(), server, service.record, None);
        let answer = service.responder.respond(request, push);
        // It may have taken long, and nobody else had a turn meanwhile.
        let began = std::mem::replace(&mut turn.now, Instant::now());
        turn.took = turn.now - began;
        self.answer(&asked, answer, turn)
    }
    // ANCHOR_END: dispatch

    /// Somebody else works on the answer.
    pub(super) fn await_answer(
        &mut self,
        asked: AskedFor,
        errand: Option<Key>,
        turn: &Turn<'_>,
    ) -> Step {
        let answering = Answering { asked, errand, pushed: None, has_knocked: false };
        self.enter(State::Answering(Box::new(answering)), turn.now);
        Step::On
    }

    /// Begins to send an answer, or goes on with one that has begun.
    pub(super) fn answer(&mut self, asked: &AskedFor, answer: Answer, turn: &mut Turn<'_>) -> Step {
        let Answer { response, reason, begun, keep, is_at_hand } = answer;
        let mut outgoing = std::mem::take(&mut turn.outgoing);
        outgoing.reuse();
        (outgoing.keep, outgoing.is_at_hand) = (keep, is_at_hand);
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
                let sender = turn.service.sender(turn.now);
                let given = response.status;
                let leaves = decisions::outgoing(&asked, response, &sender, &mut outgoing.bytes);
                if let Some(reason) = reason
                    && leaves.status == given
                {
                    outgoing.set_reason(&reason);
                }
                if let Err(error) = outgoing.follow(leaves.body, leaves.framing) {
                    return self.broke_off(leaves.status, outgoing, &error, turn);
                }
                (leaves.status, leaves.then)
            }
        };
        let sending = Sending { outgoing, status, then, began: turn.now, awaits_piece: false };
        let took = std::mem::take(&mut turn.took);
        if together::is_worth_it(took) && sending.outgoing.is_complete() {
            self.enter(State::Sending(Box::new(sending)), turn.now);
            return Step::Hold;
        }
        self.pump(sending, turn)
    }

    /// Nobody has answered in time. Whoever works on it cannot be stopped, but
    /// the client need not wait.
    pub(super) fn give_up_waiting(&mut self, answering: &Answering, turn: &mut Turn<'_>) -> Step {
        log::error!("no answer within {:?}: the request is given up", turn.service.timeout);
        self.answer(&answering.asked, too_late().into(), turn)
    }

    /// What a client hears that waits for the answer of somebody else.
    pub(super) fn while_answering(&mut self, turn: &mut Turn<'_>) -> Step {
        if self.half_closed && self.has_gone(turn) {
            return Step::Close;
        }
        let State::Answering(answering) = &self.state else { return Step::On };
        if let Some(pushed) = &answering.pushed
            && self.writable
        {
            match pushed.drain(&self.socket, None) {
                Ok(Some(0)) => {
                    if let Some(errand) = answering.errand {
                        turn.relay.goes_on(errand, turn.now);
                    }
                }
                Ok(Some(_)) => return Step::Yield,
                Ok(None) => self.writable = false,
                Err(_) => return Step::Close,
            }
            // Who has an errand is looked at when it is due, and then judged.
            if answering.errand.is_none() {
                self.deadline = turn.now + turn.service.timeout;
            }
        }
        Step::Wait
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
        let sender = turn.service.sender(turn.now);
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
        self.say_goodbye(error.bytes_to_drop(&turn.service.limits), turn)
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

pub(super) fn plain(status: StatusCode) -> Response {
    Response::text(status, format!("{} {}\n", status.as_str(), encode::reason_phrase(status)))
}
