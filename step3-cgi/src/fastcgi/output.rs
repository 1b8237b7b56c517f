//! The output of an application, and its end.
//!
//! Chapter 4 · FastCGI specification §5.5, §6.2
//!
//! *Strategy*: whoever reads gets what the records of stdout carry, wherever
//! they were cut. While nothing comes, the client is looked at now and then:
//! nobody has to wait for an answer that nobody wants. What comes on stderr is
//! logged, and the record that ends the request gives the connection back.

mod sending;

use std::io::{self, Read};
use std::ops::Range;
use std::time::{Duration, Instant};

use step1_http_basics::presence::{Presence, Sight};

use super::backend::{Options, WAITS};
use super::client::Outgoing;
use super::fault::Fault;
use super::incoming::Came;
use super::lease::Lease;
use super::script::Script;
use crate::error_lines::ErrorLines;
use crate::spool::Spool;

/// Output that comes before the content has been sent: so much of it is kept
/// in memory.
const HELD_IN_MEMORY: usize = 64 * 1024;
/// While an application keeps silent, the client is looked at so often.
const LOOK: Duration = Duration::from_secs(1);

/// The output of an application, as it comes.
pub(super) struct Output {
    /// `None` once the request has ended.
    lease: Option<Lease>,
    options: Options,
    /// By then the head of the answer must have come, or its next piece.
    until: Instant,
    /// Output that came while content was sent.
    held: Spool,
    /// Output among the incoming bytes.
    unread: Range<usize>,
    /// Whether the application may have seen anything of the request.
    was_sent: bool,
    all_was_sent: bool,
    client: Presence,
    /// When the client was looked at while content was sent.
    looked: Instant,
    complaints: ErrorLines<Script>,
    observer: Option<fn(&str)>,
}

impl Output {
    pub(super) fn new(lease: Lease, script: Script, request: &Outgoing<'_>) -> Self {
        let (options, now) = (*lease.options(), Instant::now());
        Output {
            lease: Some(lease),
            options,
            until: now + options.timeout,
            held: Spool::new(HELD_IN_MEMORY),
            unread: 0..0,
            was_sent: false,
            all_was_sent: false,
            client: request.client.clone(),
            looked: now,
            complaints: ErrorLines::of(script),
            observer: request.observer,
        }
    }

    /// Whether the connection may have been closed while it was kept, nothing of
    /// an answer has come, and the request may be sent over another one.
    pub(super) fn may_begin_again(&self, request: &Outgoing<'_>) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.is_reused)
            && self.held.length() == 0
            && (request.may_be_repeated() || !self.was_sent)
    }

    /// Puts a new connection in the place of one that was closed.
    pub(super) fn reopen(&mut self) -> Result<(), Fault> {
        self.lease = self.lease.take().map(Lease::reopen).transpose()?;
        self.all_was_sent = false;
        Ok(())
    }

    fn lease(&mut self) -> Result<&mut Lease, Fault> {
        self.lease
            .as_mut()
            .ok_or_else(|| Fault::Nonsense("something follows the end of the request".to_owned()))
    }

    /// Waits for bytes, and for nobody who has gone.
    fn receive(&mut self) -> Result<(), Fault> {
        // Whether this connection may be waiting for a process.
        let may_wait = !self.lease()?.has_been_answered();
        let mut look = if may_wait { WAITS } else { LOOK };
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Fault::TooSlow(format!(
                    "its answer did not get on for {} s",
                    self.options.timeout.as_secs_f32()
                )));
            }
            let link = self.lease()?.link();
            match link.socket.receive(link.incoming.room(), left.min(look)) {
                Ok(length) => return self.received(length),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    look = LOOK;
                    if may_wait {
                        self.lease()?.free_kept();
                    }
                    if self.client.look() == Sight::Gone {
                        return Err(Fault::ClientGone);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Notes how many bytes have come.
    fn received(&mut self, length: usize) -> Result<(), Fault> {
        if length == 0 {
            return Err(Fault::BrokeOff(io::ErrorKind::UnexpectedEof.into()));
        }
        self.lease()?.received(length);
        Ok(())
    }

    /// Takes records that have come, up to one with output or to the end. A
    /// connection whose request has ended can serve another one, if nothing of
    /// this one is left on it.
    fn take_records(&mut self) -> Result<Came, Fault> {
        let Some(lease) = &mut self.lease else { return Ok(Came::End) };
        let incoming = &mut lease.link().incoming;
        let came = incoming.take(&mut self.complaints, self.observer)?;
        match &came {
            Came::Output(content) => self.unread = content.clone(),
            Came::End => {
                let is_clean = self.all_was_sent && incoming.is_empty();
                self.lease.take().filter(|_| is_clean).into_iter().for_each(Lease::give_back);
            }
            Came::NeedsMore => {}
        }
        Ok(came)
    }

    /// Reads output that is here already; `None` if it has to be waited for.
    pub(super) fn read_now(&mut self, out: &mut [u8]) -> Result<Option<usize>, Fault> {
        if self.held.length() > 0 {
            return Ok(Some(self.held.read(out)?));
        }
        if self.unread.is_empty() {
            match self.take_records()? {
                Came::NeedsMore => return Ok(None),
                Came::End => return Ok(Some(0)),
                Came::Output(_) => {}
            }
        }
        let length = out.len().min(self.unread.len());
        let piece = self.unread.start..self.unread.start + length;
        out[..length].copy_from_slice(self.lease()?.link().incoming.content(piece));
        self.unread.start += length;
        Ok(Some(length))
    }

    /// Reads output, and waits for it; 0 is its end.
    pub(super) fn read_some(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        loop {
            if let Some(length) = self.read_now(out)? {
                return Ok(length);
            }
            self.receive()?;
        }
    }
}

impl Read for Output {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        // The client may have taken its time with the last piece.
        self.until = Instant::now() + self.options.timeout;
        self.read_some(out).map_err(io::Error::other)
    }
}
