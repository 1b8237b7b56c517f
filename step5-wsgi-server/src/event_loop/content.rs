//! The content of a request, collected until all of it is there.
//!
//! Chapter 6 · RFC 9112 §6
//!
//! *Strategy*: whoever answers never waits for a client: it is called when the
//! content has come whole. Until then the bytes are counted, or the chunks taken
//! off, and kept in a [`Spool`]. The same leaves of step 1 decide as in its
//! blocking loop, so what is wrong gets the same answer.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use step1_http_basics::chunked::{Decoded, Decoder};
use step1_http_basics::error::RequestError;
use step1_http_basics::framing::Framing;
use step1_http_basics::limits::Limits;

use super::IN_MEMORY;
use super::input::Input;
use step3_cgi::spool::Spool;

/// Content on its way in.
#[derive(Debug)]
pub(crate) struct Content {
    rest: Rest,
    pub(crate) spool: Spool,
    began: Instant,
    came: u64,
}

#[derive(Debug)]
enum Rest {
    Length(u64),
    Chunked(Decoder),
    Nothing,
}

impl Content {
    pub(crate) fn new(framing: Framing, now: Instant) -> Self {
        let rest = match framing {
            Framing::Length(length) if length > 0 => Rest::Length(length),
            Framing::Chunked => Rest::Chunked(Decoder::new()),
            // A request never ends with its connection.
            Framing::Length(_) | Framing::None | Framing::UntilClose => Rest::Nothing,
        };
        Content { rest, spool: Spool::new(IN_MEMORY), began: now, came: 0 }
    }

    /// Whether all of it is there.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.rest, Rest::Nothing)
    }

    // ANCHOR: take
    /// Takes what has come of it.
    ///
    /// # Errors
    /// When it is not as its framing says, when it is too much, or when it
    /// cannot be kept.
    pub(crate) fn take(&mut self, input: &mut Input, limits: &Limits) -> Result<(), RequestError> {
        let before = input.unread().len();
        while !self.is_over() {
            let (used, done) = match &mut self.rest {
                Rest::Length(left) => {
                    let most = usize::try_from(*left).unwrap_or(usize::MAX);
                    let data = &input.unread()[..input.unread().len().min(most)];
                    if self.came == 0 && !data.is_empty() {
                        // Not before: a promise alone should cost nothing.
                        self.spool.expect(*left);
                    }
                    self.spool.write_all(data).map_err(cannot_keep)?;
                    *left -= data.len() as u64;
                    (data.len(), *left == 0)
                }
                Rest::Chunked(decoder) => {
                    let (used, decoded) = decoder.decode(input.unread())?;
                    if let Decoded::Data(data) = decoded {
                        self.spool.write_all(data).map_err(cannot_keep)?;
                    }
                    let done = decoded == Decoded::End;
                    if self.spool.length().saturating_add(decoder.announced()) > limits.content {
                        return Err(RequestError::ContentTooLarge);
                    }
                    (used, done)
                }
                Rest::Nothing => (0, true),
            };
            input.consume(used);
            if done {
                self.rest = Rest::Nothing;
            } else if used == 0 || input.unread().is_empty() {
                break;
            }
        }
        self.came += (before - input.unread().len()) as u64;
        Ok(())
    }
    // ANCHOR_END: take

    /// How long the next bytes may be waited for; `None` if it is too slow.
    pub(crate) fn patience(&self, limits: &Limits, now: Instant) -> Option<Duration> {
        limits.pace.remaining(self.came, now.saturating_duration_since(self.began))
    }
}

/// The disk is full, most often.
fn cannot_keep(error: io::Error) -> RequestError {
    log::error!("cannot keep the content of a request in a temporary file: {error}");
    RequestError::NoSpace(error)
}
