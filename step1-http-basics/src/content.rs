//! The content of a request, as a handler reads it.
//!
//! Chapter 2 · RFC 9112 §6
//!
//! *Strategy*: a handler reads content as if it were a file that ends where the
//! content ends. Behind that, bytes are counted or chunks are taken off, the
//! limit and the pace are kept, and a client that waits for `100 Continue` is
//! told to go on, once the first byte is asked for.

use std::io::{self, ErrorKind, Read};

use crate::chunked::{Decoded, Decoder};
use crate::decisions::Incoming;
use crate::encode::CONTINUE;
use crate::error::RequestError;
use crate::framing::Framing;
use crate::limits::{Limits, Transfer};
use crate::open_connections::Activity;
use crate::wire::Wire;

/// Reads the content of one request from the connection.
pub(crate) struct Content<'c, 's> {
    wire: &'c mut Wire<'s>,
    rest: Rest,
    /// The client waits for `100 Continue` before it sends anything.
    client_waits: bool,
    transfer: Option<Transfer>,
    read: u64,
    limits: &'c Limits,
    failure: Option<RequestError>,
}

enum Rest {
    Length(u64),
    Chunked(Decoder),
    Nothing,
}

impl<'c, 's> Content<'c, 's> {
    pub(crate) fn new(wire: &'c mut Wire<'s>, incoming: &Incoming, limits: &'c Limits) -> Self {
        let rest = match incoming.framing {
            Framing::Length(length) if length > 0 => Rest::Length(length),
            Framing::Chunked => Rest::Chunked(Decoder::new()),
            // A request never ends with its connection.
            Framing::Length(_) | Framing::None | Framing::UntilClose => Rest::Nothing,
        };
        let client_waits = incoming.client_waits;
        Content { wire, rest, client_waits, transfer: None, read: 0, limits, failure: None }
    }

    // ANCHOR: finish
    /// Reads what the handler left, if it is little. Whether the end was
    /// reached, so that the connection can be used for another request.
    ///
    /// # Errors
    /// When the content is not as its framing says, also if only the handler
    /// has seen it: then there is no answer to this request but the error.
    pub(crate) fn finish(&mut self) -> Result<bool, RequestError> {
        if self.failure.is_none() && self.is_over() {
            return Ok(true);
        }
        let mut waste = [0; 8 * 1024];
        let mut left = match self.rest {
            Rest::Length(remaining) if remaining > self.limits.drain => 0,
            _ => self.limits.drain,
        };
        // A client that still waits for `100 Continue` may send its content or
        // not, after our answer: nobody could tell it from a next request.
        while self.failure.is_none() && !self.client_waits && left > 0 && !self.is_over() {
            match self.read(&mut waste) {
                Ok(length) => left = left.saturating_sub(length as u64),
                Err(_) => break,
            }
        }
        match self.failure.take() {
            Some(error) => Err(error),
            None => Ok(self.is_over()),
        }
    }
    // ANCHOR_END: finish

    fn is_over(&self) -> bool {
        matches!(self.rest, Rest::Nothing)
    }

    // ANCHOR: read_some
    fn read_some(&mut self, out: &mut [u8]) -> Result<usize, RequestError> {
        if out.is_empty() || self.is_over() {
            return Ok(0);
        }
        if std::mem::take(&mut self.client_waits) && self.wire.unread().is_empty() {
            self.wire.send(CONTINUE, &[])?;
        }
        let length = match self.rest {
            Rest::Length(remaining) => self.read_counted(out, remaining)?,
            _ => self.read_chunked(out)?,
        };
        self.read += length as u64;
        if self.is_over() {
            self.wire.does(Activity::Answers);
        }
        if self.read > self.limits.content {
            Err(RequestError::ContentTooLarge)
        } else {
            Ok(length)
        }
    }
    // ANCHOR_END: read_some

    fn read_counted(&mut self, out: &mut [u8], remaining: u64) -> Result<usize, RequestError> {
        let most = usize::try_from(remaining).unwrap_or(usize::MAX).min(out.len());
        let patience = self.patience()?;
        let length = self.wire.read(&mut out[..most], patience)?;
        self.arrived(length)?;
        self.rest = match remaining - length as u64 {
            0 => Rest::Nothing,
            remaining => Rest::Length(remaining),
        };
        Ok(length)
    }

    fn read_chunked(&mut self, out: &mut [u8]) -> Result<usize, RequestError> {
        loop {
            let Rest::Chunked(decoder) = &mut self.rest else { return Ok(0) };
            let (used, decoded) = decoder.decode_at_most(self.wire.unread(), out.len())?;
            let piece = match decoded {
                Decoded::Data(data) => {
                    out[..data.len()].copy_from_slice(data);
                    Some(data.len())
                }
                Decoded::End => Some(0),
                Decoded::Incomplete => None,
            };
            let announced = decoder.announced();
            self.wire.consume(used);
            if self.read.saturating_add(announced) > self.limits.content {
                return Err(RequestError::ContentTooLarge);
            }
            match piece {
                Some(0) => self.rest = Rest::Nothing,
                Some(length) => return Ok(length),
                None => {
                    let patience = self.patience()?;
                    let length = self.wire.fill(patience)?;
                    self.arrived(length)?;
                }
            }
        }
    }

    fn patience(&mut self) -> io::Result<std::time::Duration> {
        let begin = || {
            self.wire.does(Activity::AwaitsContent);
            Transfer::begin(self.limits.pace)
        };
        self.transfer.get_or_insert_with(begin).patience()
    }

    fn arrived(&mut self, length: usize) -> Result<(), RequestError> {
        if length == 0 {
            return Err(RequestError::Incomplete);
        }
        if let Some(transfer) = &mut self.transfer {
            transfer.moved(length);
            // From now on it waits anew.
            self.wire.does(Activity::AwaitsContent);
        }
        Ok(())
    }
}

impl Read for Content<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(failure) = &self.failure {
            return Err(told(failure));
        }
        self.read_some(out).map_err(|error| {
            let told = told(&error);
            self.failure = Some(error);
            told
        })
    }
}

/// What a handler hears: that it is the client's fault shows in the kind.
fn told(error: &RequestError) -> io::Error {
    let kind = match error {
        RequestError::Incomplete => ErrorKind::UnexpectedEof,
        RequestError::TooSlow => ErrorKind::TimedOut,
        RequestError::Broken(error) => error.kind(),
        _ => ErrorKind::InvalidData,
    };
    io::Error::new(kind, error.to_string())
}
