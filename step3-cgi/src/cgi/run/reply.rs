//! What of a run becomes the response, and when the run is over.
//!
//! Chapter 4 · RFC 3875 §6
//!
//! *Strategy*: whoever wants the head, or more of the content, turns the run on
//! until it is there. A response whose program was ended by something else must
//! not look whole. When nobody holds the run any more, the program is ended,
//! but for one that has said all it promised: it may take its time.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::Run;
use crate::cgi::fault::Fault;
use crate::response::{Reply, ResponseError};

/// So long a response is waited for as a whole, so that its length is known.
const SOON: Duration = Duration::from_millis(2);
/// How soon a program is gone that closes its output because it ends.
const MOMENT: Duration = Duration::from_millis(200);

impl Run {
    /// Waits for the head of the output.
    pub(crate) fn head(&mut self) -> Result<Reply, Fault> {
        loop {
            if let Some(reply) = self.stdout.head() {
                return Ok(reply);
            }
            if !self.stdout.is_open() {
                let status = self.process.end().map_err(Fault::Watch)?;
                return Err(if status.success() {
                    Fault::Nonsense(ResponseError::Incomplete)
                } else {
                    Fault::Died(status)
                });
            }
            self.turn(None, self.timeout)?;
        }
    }

    // ANCHOR: settle
    /// Waits a moment for the rest of the output. Most programs print little and
    /// end at once: then the length of the content is known before it is sent,
    /// and a program that was killed has not answered anything yet.
    pub(crate) fn settle(&mut self, promised: Option<u64>) -> Result<Option<Vec<u8>>, Fault> {
        self.promised = promised;
        let until = Instant::now() + SOON;
        while self.stdout.is_open() && !self.stdout.is_full() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.turn(None, left)?;
        }
        if self.stdout.is_open() {
            return Ok(None);
        }
        match self.status().map_err(Fault::Watch)? {
            None => Ok(None),
            Some(status) if status.signal().is_some() => Err(Fault::Died(status)),
            Some(_) => Ok(Some(self.stdout.give_all())),
        }
    }
    // ANCHOR_END: settle

    /// Lets the program run to its end, and throws its output away.
    pub(crate) fn discard(&mut self) -> Result<(), Fault> {
        let began = Instant::now();
        while self.stdout.is_open() {
            if began.elapsed() > self.timeout {
                return Err(Fault::TooSlow);
            }
            self.turn(None, self.timeout)?;
            self.stdout.give_all();
        }
        Ok(())
    }

    /// What the end of the output means: if something ended the program, it is
    /// not the end of the content.
    fn conclude(&mut self) -> io::Result<()> {
        match self.status()? {
            Some(status) if status.signal().is_some() => {
                self.complain(&format_args!("ended within its response ({status})"));
                let ended = format!("the program ended: {status}");
                Err(io::Error::new(ErrorKind::UnexpectedEof, ended))
            }
            _ => Ok(()),
        }
    }

    /// How a program ended that has closed its output; `None` if it works on,
    /// which is its right.
    fn status(&mut self) -> io::Result<Option<ExitStatus>> {
        let has_ended = self.has_ended || self.process.ends_within(MOMENT);
        has_ended.then(|| self.process.reap()).transpose()
    }

    /// Writes a line about the program into the log.
    fn complain(&self, what: &dyn fmt::Display) {
        log::warn!("{}: {what}", self.name);
    }
}

impl Read for Run {
    /// More of the content of the response.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.stdout.give(out);
            if length > 0 || out.is_empty() {
                self.promised = self.promised.map(|left| left.saturating_sub(length as u64));
                return Ok(length);
            }
            if !self.stdout.is_open() {
                return self.conclude().map(|()| 0);
            }
            self.turn(None, self.timeout).map_err(|fault| {
                if fault.is_for_the_log() {
                    self.complain(&fault);
                }
                io::Error::other(fault.to_string())
            })?;
        }
    }
}

impl Drop for Run {
    /// A program whose response is complete may take its time to end; one whose
    /// response nobody wants may not.
    fn drop(&mut self) {
        self.stdin = None;
        self.left = self.timeout;
        let is_complete = !self.stdout.is_open() || self.promised == Some(0);
        if is_complete && self.discard().is_ok() {
            while !self.process.has_ended() && self.turn(None, self.timeout).is_ok() {}
        }
        // What it still writes goes nowhere, so that it does not wait for us.
        self.stdout.close();
        let status = self.process.end();
        self.stderr.take_rest(&mut self.record);
        self.record.show(status.ok());
    }
}
