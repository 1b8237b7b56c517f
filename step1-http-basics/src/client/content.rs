//! The content of a response, received as its framing says.
//!
//! Chapter 2 · RFC 9112 §6
//!
//! *Strategy*: pieces are handed on as they come and nothing is kept, so that
//! a page and a film take the same room.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use http::HeaderMap;

use super::fault::Fault;
use crate::chunked::{Decoded, Decoder};
use crate::framing::Framing;
use crate::limits::{Limits, Transfer};
use crate::wire::{Wire, timed_out};

/// The most bytes that are handed on at once.
const PIECE: usize = 16 * 1024;

/// What is done with each piece.
pub(super) type Sink<'p> = dyn FnMut(&[u8]) -> Result<(), Fault> + 'p;

/// Receives all of it: how many bytes, and the trailer fields.
pub(super) fn receive(
    wire: &mut Wire<'_>,
    framing: Framing,
    limits: &Limits,
    sink: &mut Sink<'_>,
) -> Result<(u64, HeaderMap), Fault> {
    let transfer = Transfer::begin(limits.pace);
    let mut incoming = Incoming { wire, limits, transfer, came: 0 };
    let trailers = match framing {
        Framing::None => HeaderMap::new(),
        Framing::Length(length) if length > limits.content => {
            return Err(Fault::TooLarge(limits.content));
        }
        Framing::Length(length) => incoming.counted(length, sink)?,
        Framing::UntilClose => incoming.until_close(sink)?,
        Framing::Chunked => incoming.chunked(sink)?,
    };
    Ok((incoming.came, trailers))
}

struct Incoming<'i, 's> {
    wire: &'i mut Wire<'s>,
    limits: &'i Limits,
    transfer: Transfer,
    came: u64,
}

impl<'s> Incoming<'_, 's> {
    fn counted(&mut self, promised: u64, sink: &mut Sink<'_>) -> Result<HeaderMap, Fault> {
        let mut piece = [0; PIECE];
        while self.came < promised {
            let most = usize::try_from(promised - self.came).unwrap_or(PIECE).min(PIECE);
            let length = self.read(&mut piece[..most])?;
            if length == 0 {
                return Err(Fault::ContentCutShort { came: self.came, promised: Some(promised) });
            }
            self.hand_on(&piece[..length], sink)?;
        }
        Ok(HeaderMap::new())
    }

    fn until_close(&mut self, sink: &mut Sink<'_>) -> Result<HeaderMap, Fault> {
        let mut piece = [0; PIECE];
        loop {
            match self.read(&mut piece)? {
                0 => return Ok(HeaderMap::new()),
                length => self.hand_on(&piece[..length], sink)?,
            }
        }
    }

    fn chunked(&mut self, sink: &mut Sink<'_>) -> Result<HeaderMap, Fault> {
        let mut decoder = Decoder::new();
        loop {
            let unread = self.wire.unread();
            let (used, decoded) = decoder.decode(unread).map_err(Fault::Chunked)?;
            match decoded {
                Decoded::Data(data) => {
                    self.came += data.len() as u64;
                    if self.came > self.limits.content {
                        return Err(Fault::TooLarge(self.limits.content));
                    }
                    sink(data)?;
                    self.wire.consume(used);
                }
                Decoded::Incomplete => {
                    self.wire.consume(used);
                    if self.fill()? == 0 {
                        return Err(Fault::ContentCutShort { came: self.came, promised: None });
                    }
                }
                Decoded::End => {
                    self.wire.consume(used);
                    return Ok(decoder.trailers().clone());
                }
            }
        }
    }

    fn hand_on(&mut self, piece: &[u8], sink: &mut Sink<'_>) -> Result<(), Fault> {
        self.came += piece.len() as u64;
        if self.came > self.limits.content {
            return Err(Fault::TooLarge(self.limits.content));
        }
        sink(piece)
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        self.patiently(|wire, patience| wire.read(out, patience))
    }

    fn fill(&mut self) -> Result<usize, Fault> {
        self.patiently(Wire::fill)
    }

    /// One call that waits for bytes, as long as the pace allows.
    fn patiently(
        &mut self,
        mut call: impl FnMut(&mut Wire<'s>, Duration) -> io::Result<usize>,
    ) -> Result<usize, Fault> {
        let stall = self.limits.pace.stall;
        let patience = self.transfer.patience().map_err(|_| Fault::TooSlow)?;
        let length = until(Instant::now() + patience, |patience| call(self.wire, patience))
            .map_err(|error| match Fault::of(error, stall) {
                Fault::TimedOut(_) if patience < stall => Fault::TooSlow,
                fault => fault,
            })?;
        self.transfer.moved(length);
        Ok(length)
    }
}

/// Calls again and again until something comes or the deadline is past: the
/// timeout of a socket may be shorter than our patience.
pub(super) fn until<T>(
    deadline: Instant,
    mut call: impl FnMut(Duration) -> io::Result<T>,
) -> io::Result<T> {
    loop {
        let patience = deadline.saturating_duration_since(Instant::now());
        if patience.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        match call(patience) {
            Err(error) if timed_out(&error) => {}
            done => return done,
        }
    }
}
