//! The first half of an exchange: from bytes to a request that is there whole.
//!
//! Chapter 6 · RFC 9112 §2–7
//!
//! *Strategy*: read once; if it was less than there was room for, there is no
//! more, and the poller will say when there is. So a request costs one read,
//! and none that only learns that it came too early.

use std::ops::Range;
use std::time::Instant;

use step1_http_basics::decisions::Incoming;
use step1_http_basics::encode;
use step1_http_basics::error::RequestError;
use step1_http_basics::parse::{self, RequestHead};

use super::Follows;
use super::connection::{Connection, Head, Receiving, State, Step};
use super::content::Content;
use super::input::Came;
use super::trace::recording;
use super::turn::Turn;

impl Connection {
    // ANCHOR: read_head
    /// Reads until there is a whole head.
    pub(super) fn read_head(&mut self, turn: &mut Turn<'_>) -> Step {
        let limits = &turn.service.limits;
        loop {
            let State::Head(head) = &mut self.state else { return Step::On };
            let empty = parse::leading_empty_lines(self.input.unread());
            if empty > 0 {
                self.input.consume(empty);
                head.looked_at = 0;
            }
            let unread = self.input.unread();
            // Any byte starts the clock of the head, and none starts it anew.
            if head.begun.is_none() && (empty > 0 || !unread.is_empty()) {
                head.begun = Some(turn.now);
                (self.since, self.deadline) = (turn.now, turn.now + limits.head_deadline);
            }
            if parse::is_worth_a_look(unread, head.looked_at) {
                head.looked_at = unread.len();
                match parse::request_head(unread, limits) {
                    Ok(Some((head, length))) => {
                        let raw = self.input.consume(length);
                        return self.head_came(head, raw, turn);
                    }
                    Ok(None) => {}
                    Err(error) => return self.refuse(&error.into(), None, turn),
                }
            }
            match self.read(turn) {
                Came::Bytes => {}
                Came::Nothing => return Step::Wait,
                Came::End if self.input.unread().is_empty() => return Step::Close,
                Came::End => return self.refuse(&RequestError::Incomplete, None, turn),
                Came::Broken => return Step::Close,
            }
        }
    }
    // ANCHOR_END: read_head

    /// A head has come. What follows it has perhaps come with it.
    fn head_came(&mut self, head: RequestHead, raw: Range<usize>, turn: &mut Turn<'_>) -> Step {
        let mut raw_head = std::mem::take(&mut turn.raw_head);
        raw_head.clear();
        raw_head.extend_from_slice(self.input.used(raw));
        self.trace(&raw_head, Some(&head.fields), turn);
        let incoming = match Incoming::of(&head, &turn.service.limits) {
            Ok(incoming) => incoming,
            Err(error) => return self.refuse(&error, Some(&raw_head), turn),
        };
        let content = Content::new(incoming.framing, turn.now);
        // A client that waits to be told to go on is told, unless it went on.
        let waits = incoming.client_waits && self.input.unread().is_empty();
        let interim = if waits { encode::CONTINUE } else { b"" };
        let receiving = Receiving { head, raw_head, incoming, content, interim };
        if receiving.content.is_over() {
            return self.dispatch(receiving, turn);
        }
        self.enter(State::Content(Box::new(receiving)), turn.now);
        Step::On
    }

    /// Reads until the content is whole.
    pub(super) fn read_content(&mut self, turn: &mut Turn<'_>) -> Step {
        let limits = &turn.service.limits;
        let State::Content(mut receiving) = self.leave() else { return Step::On };
        loop {
            if let Err(error) = self.take_content(&mut receiving.content, turn) {
                return self.refuse(&error, Some(&receiving.raw_head), turn);
            }
            if receiving.content.is_over() {
                return self.dispatch(*receiving, turn);
            }
            if let Err(error) = self.send_interim(&mut receiving.interim) {
                return self.refuse(&RequestError::Broken(error), Some(&receiving.raw_head), turn);
            }
            let came = self.read(turn);
            match came {
                Came::Bytes if !turn.is_up() => {}
                Came::Bytes | Came::Nothing => {
                    let Some(patience) = receiving.content.patience(limits, turn.now) else {
                        return self.refuse(
                            &RequestError::TooSlow,
                            Some(&receiving.raw_head),
                            turn,
                        );
                    };
                    self.state = State::Content(receiving);
                    (self.since, self.deadline) = (turn.now, turn.now + patience);
                    return if came == Came::Bytes { Step::Yield } else { Step::Wait };
                }
                Came::End => {
                    return self.refuse(&RequestError::Incomplete, Some(&receiving.raw_head), turn);
                }
                Came::Broken => return Step::Close,
            }
        }
    }

    /// Goes from one state to another.
    pub(super) fn enter(&mut self, state: State, now: Instant) {
        self.since = now;
        self.state = state;
    }

    /// Takes a state out, to be put back or followed by another.
    pub(super) fn leave(&mut self) -> State {
        std::mem::replace(&mut self.state, State::Head(Head::default()))
    }

    // ANCHOR: read
    /// Reads once, if the poller has said that there is something.
    pub(super) fn read(&mut self, turn: &mut Turn<'_>) -> Came {
        if !self.readable {
            return Came::Nothing;
        }
        let came = self.input.fill(&self.socket, &mut turn.lent);
        // The end of the other side is announced once, perhaps together with
        // the last bytes: then one read more is needed to find it.
        let more = came == Came::Bytes && (self.input.is_full() || self.half_closed);
        self.readable = more || came == Came::End;
        came
    }
    // ANCHOR_END: read

    fn take_content(&mut self, content: &mut Content, turn: &Turn<'_>) -> Result<(), RequestError> {
        let from = self.input.position();
        let taken = content.take(&mut self.input, &turn.service.limits);
        if let Some(recording) = recording(&mut self.trace) {
            recording.keep_received(self.input.used(from..self.input.position()));
        }
        taken
    }

    fn send_interim(&mut self, interim: &mut &'static [u8]) -> std::io::Result<()> {
        if !interim.is_empty() {
            let sent = self.socket.send(interim, Follows::Nothing)?.unwrap_or(0);
            let (now, rest) = interim.split_at(sent);
            *interim = rest;
            if let Some(recording) = recording(&mut self.trace) {
                recording.keep_sent(now);
            }
        }
        Ok(())
    }
}
