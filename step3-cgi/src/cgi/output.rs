//! What a program prints, and what it complains of.
//!
//! Chapter 4 · RFC 3875 §6
//!
//! *Strategy*: the head is taken off the output as it comes; what follows is kept
//! until somebody wants it. When enough is kept, no more is asked for, and the
//! program waits. What it complains of is read at any time.

use std::collections::VecDeque;
use std::io::Read;
use std::mem::{MaybeUninit, take};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{ChildStderr, ChildStdout};

use rustix::io::{Errno, ioctl_fionbio, read};

use super::record::Recording;
use super::run::{KEEP, PIECE};
use crate::error_lines::ErrorLines;
use crate::response::{Reader, Reply, ResponseError};

/// The standard output of a program, and what of it nobody has taken.
pub(super) struct Output {
    /// `None` when nothing more is read from it.
    pipe: Option<ChildStdout>,
    /// Until the head is over.
    reader: Option<Reader>,
    head: Option<Reply>,
    content: VecDeque<u8>,
}

impl Output {
    pub(super) fn new(pipe: Option<ChildStdout>) -> Self {
        Output { pipe, reader: Some(Reader::new()), head: None, content: VecDeque::new() }
    }

    /// What to `poll` for more, if more is wanted.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().filter(|_| !self.is_full()).map(AsFd::as_fd)
    }

    /// Whether more may come.
    pub(super) fn is_open(&self) -> bool {
        self.pipe.is_some()
    }

    /// Whether so much is kept that no more is asked for.
    pub(super) fn is_full(&self) -> bool {
        self.content.len() >= KEEP
    }

    /// Reads no more.
    pub(super) fn close(&mut self) {
        self.pipe = None;
    }

    /// Reads a piece of what is there; whether it has brought content, or the
    /// end of the head.
    ///
    /// # Errors
    /// When the head is none.
    pub(super) fn take(
        &mut self,
        has_ended: bool,
        record: &mut Recording,
    ) -> Result<bool, ResponseError> {
        let Some(pipe) = &self.pipe else { return Ok(false) };
        let mut piece = [MaybeUninit::uninit(); PIECE];
        let mut piece = match read(pipe, &mut piece) {
            Ok((piece, _)) => &*piece,
            Err(Errno::INTR) => return Ok(false),
            Err(_) => &[],
        };
        // Who has ended adds nothing: less than there was room for was all.
        if piece.is_empty() || (has_ended && piece.len() < PIECE) {
            self.pipe = None;
        }
        record.add(1, piece);
        if let Some(reader) = &mut self.reader {
            let Some((head, used)) = reader.feed(piece)? else { return Ok(false) };
            (self.reader, self.head) = (None, Some(head));
            piece = &piece[used..];
        } else if piece.is_empty() {
            return Ok(false);
        }
        self.content.extend(piece);
        Ok(true)
    }

    /// The head, once, when it has come.
    pub(super) fn head(&mut self) -> Option<Reply> {
        self.head.take()
    }

    /// Copies content that is kept; 0 if none is.
    pub(super) fn give(&mut self, out: &mut [u8]) -> usize {
        // From memory, which cannot fail.
        self.content.read(out).unwrap_or(0)
    }

    /// All content that is kept.
    pub(super) fn give_all(&mut self) -> Vec<u8> {
        take(&mut self.content).into()
    }
}

/// How many bytes of standard error are read at a time.
const LINES: usize = 4 * 1024;

/// How many bytes a pipe holds on Linux, unless somebody has asked for more.
const PIPE: usize = 64 * 1024;

/// The standard error of a program: until it ends, its lines go into the log.
pub(super) struct Complaints(Option<(ChildStderr, ErrorLines)>);

impl Complaints {
    /// What the program of this name complains of.
    pub(super) fn new(pipe: Option<ChildStderr>, name: &str) -> Self {
        Complaints(pipe.map(|pipe| (pipe, ErrorLines::of(name.to_owned()))))
    }

    /// What to `poll` for more.
    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.0.as_ref().map(|(pipe, _)| pipe.as_fd())
    }

    /// Reads a piece of what is there.
    pub(super) fn take(&mut self, record: &mut Recording) {
        let Some((pipe, lines)) = &mut self.0 else { return };
        let mut piece = [MaybeUninit::uninit(); LINES];
        match read(&*pipe, &mut piece) {
            Ok((complaint, _)) if !complaint.is_empty() => {
                lines.take(complaint);
                record.add(2, complaint);
            }
            Err(Errno::INTR) => {}
            _ => self.0 = None,
        }
    }

    /// Reads what the program has left behind, and no more than a pipe holds:
    /// somebody who got away may still write into it.
    pub(super) fn take_rest(&mut self, record: &mut Recording) {
        if let Some((pipe, _)) = &self.0 {
            // As long as it is empty, reading would wait.
            let _ = ioctl_fionbio(pipe, true);
        }
        for _ in 0..PIPE / LINES {
            self.take(record);
        }
        self.0 = None;
    }
}
