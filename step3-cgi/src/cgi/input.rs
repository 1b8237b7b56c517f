//! What a program is given on its standard input, piece by piece.
//!
//! Chapter 4 · RFC 3875 §4.2
//!
//! *Strategy*: a program takes what it wants, when it wants. So its pipe never
//! makes anybody wait: a piece of the content is offered, and what the program
//! does not take of it now is offered again. Content that must be out of the way
//! before the program wants it waits in a spool.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::ChildStdin;

use super::run::{KEEP, PIECE};
use crate::spool::Spool;

/// The standard input of a program, and what is on its way there.
pub(super) struct Input {
    pipe: ChildStdin,
    /// What was read and not taken: `piece[taken..]`.
    piece: Vec<u8>,
    taken: usize,
    /// How much is still to be read.
    awaited: u64,
    spool: Spool,
}

impl Input {
    /// An input of so many bytes.
    pub(super) fn new(pipe: ChildStdin, length: u64) -> io::Result<Self> {
        // A pipe that has room for a byte may not have room for a piece.
        rustix::io::ioctl_fionbio(&pipe, true)?;
        let (piece, spool) = (Vec::new(), Spool::new(KEEP));
        Ok(Input { pipe, piece, taken: 0, awaited: length, spool })
    }

    /// From now on this is what is read.
    pub(super) fn take_from(&mut self, spool: Spool) {
        self.awaited = spool.length();
        self.spool = spool;
    }

    /// Offers the next piece of `content`, or of the spool: what the program has
    /// taken of it.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn offer(&mut self, content: Option<&mut (dyn Read + '_)>) -> io::Result<&[u8]> {
        if self.taken == self.piece.len() {
            self.piece.resize(PIECE, 0);
            // Whoever waits for the client here does so on the client's time.
            let length = match content {
                Some(content) => content.read(&mut self.piece)?,
                None => self.spool.read(&mut self.piece)?,
            };
            self.piece.truncate(length);
            self.taken = 0;
            // An end that comes too early is an end.
            let left = self.awaited.saturating_sub(length as u64);
            self.awaited = if length == 0 { 0 } else { left };
        }
        let begin = self.taken;
        match self.pipe.write(&self.piece[begin..]) {
            Ok(length) => self.taken += length,
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            // It has closed its input: it wants no more.
            Err(_) => {
                self.piece.truncate(self.taken);
                self.awaited = 0;
            }
        }
        Ok(&self.piece[begin..self.taken])
    }

    /// Whether the program has had all, or wants no more.
    pub(super) fn is_over(&self) -> bool {
        self.taken == self.piece.len() && self.awaited == 0
    }
}

impl AsFd for Input {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}
