//! The last part of an exchange: its answer leaves, and what comes after.
//!
//! Chapter 6 · RFC 9112 §6, §8, §9.6
//!
//! *Strategy*: as much is sent as the socket takes; only what is left over
//! becomes a state of the connection. When all of it has left, the next request
//! may come, or both sides say goodbye. An answer that cannot be finished must
//! never look as if it were.

use std::io;
use std::time::Instant;

use http::{Method, StatusCode, Version};
use step1_http_basics::decisions::Then;

use super::answering::plain;
use super::complaints::Who;
use super::connection::{Connection, Head, Sending, State, Step};
use super::input::Came;
use super::outgoing::{Outgoing, Pumped, Source};
use super::trace::recording;
use super::turn::Turn;
use crate::push::AskedFor;
use crate::workers::Job;

impl Connection {
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
    pub(super) fn pump(&mut self, mut sending: Sending, turn: &mut Turn<'_>) -> Step {
        loop {
            let recording = recording(&mut self.trace);
            let mut pumped = match sending.outgoing.pump(&self.socket, recording) {
                Ok(pumped) => pumped,
                Err(error) => {
                    return self.broke_off(sending.status, sending.outgoing, &error, turn);
                }
            };
            let is_in_place = turn.pool.is_none() || sending.outgoing.is_at_hand;
            if pumped == Pumped::NeedsPiece && is_in_place {
                if let Err(error) = sending.outgoing.next_piece() {
                    return self.piece_failed(sending, &error, turn);
                }
                let asked_at = std::mem::replace(&mut turn.now, Instant::now());
                // The time that the application took is not the client's fault.
                sending.began += turn.now - asked_at;
                if !turn.is_up() && !turn.holding {
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
            return self.say_goodbye(u64::MAX, turn);
        }
        self.enter(State::Head(Head::default()), turn.now);
        self.deadline = turn.now + turn.service.limits.keep_alive;
        let would_hold_up = turn.holding && !self.input.unread().is_empty();
        if turn.is_up() || would_hold_up { Step::Yield } else { Step::On }
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
        self.say_goodbye(u64::MAX, turn)
    }

    /// Ends our side, then reads and drops what the other side still sends. A
    /// socket that is closed with unread bytes resets the connection, and a
    /// reset can overtake the answer.
    /// [RFC 9112 §9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)
    pub(super) fn say_goodbye(&mut self, most: u64, turn: &Turn<'_>) -> Step {
        if self.socket.finish().is_err() {
            return Step::Close;
        }
        let linger = turn.service.limits.linger;
        let until = turn.now + linger;
        self.enter(State::Lingering { until, most }, turn.now);
        self.deadline = turn.now + linger / 5;
        self.input.clear();
        Step::On
    }

    pub(super) fn linger(&mut self, turn: &mut Turn<'_>) -> Step {
        let State::Lingering { until, mut most } = self.state else { return Step::On };
        loop {
            match self.read(turn) {
                Came::Bytes => {
                    most = most.saturating_sub(self.input.unread().len() as u64);
                    if most == 0 {
                        return Step::Close;
                    }
                    self.input.clear();
                    self.state = State::Lingering { until, most };
                    self.deadline = until.min(turn.now + turn.service.limits.linger / 5);
                    if turn.is_up() {
                        return Step::Yield;
                    }
                }
                Came::Nothing => return Step::Wait,
                Came::End | Came::Broken => return Step::Close,
            }
        }
    }
}
