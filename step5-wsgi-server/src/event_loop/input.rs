//! What has come on a connection and is not used up.
//!
//! Chapter 6
//!
//! *Strategy*: nearly always one read brings one whole request, which is
//! answered before the loop looks at another connection. So the loop lends each
//! connection its own large buffer for its turn. Only what is left at the end
//! of the turn, half a head for example, is copied into a buffer of the
//! connection's, just large enough. A connection that waits for its next
//! request owns no buffer at all.

use std::ops::Range;

use super::socket::Socket;

/// The size of the buffer that the loop lends: room for a head and for as much
/// content as is kept in memory, so that one read can bring both.
pub(crate) const LENT: usize = 128 * 1024;

/// Bytes that have come, in order.
#[derive(Debug, Default)]
pub(crate) struct Input {
    bytes: Vec<u8>,
    unread: Range<usize>,
}

/// What came of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// Bytes.
    Bytes,
    /// Nothing now.
    Nothing,
    /// The other side sends no more.
    End,
    /// The connection is broken.
    Broken,
}

impl Input {
    /// What has come and is not used up.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.bytes[self.unread.clone()]
    }

    /// Uses up the first `length` unread bytes, and says where they are. They
    /// stay there until more is read.
    pub(crate) fn consume(&mut self, length: usize) -> Range<usize> {
        let used = self.unread.start..self.unread.start + length;
        self.unread.start = used.end;
        used
    }

    /// Forgets what has come.
    pub(crate) fn clear(&mut self) {
        self.unread = 0..0;
    }

    /// Where the unread bytes begin.
    pub(crate) fn position(&self) -> usize {
        self.unread.start
    }

    /// Bytes that were used up and are still there.
    pub(crate) fn used(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    // ANCHOR: fill
    /// Reads once, behind what is unread. `lent` is the buffer of the loop, for
    /// a connection that has none.
    pub(crate) fn fill(&mut self, socket: &Socket, lent: &mut Vec<u8>) -> Came {
        if self.bytes.is_empty() {
            std::mem::swap(&mut self.bytes, lent);
            if self.bytes.is_empty() {
                self.bytes.resize(LENT, 0);
            }
        }
        if self.unread.is_empty() {
            self.unread = 0..0;
        } else if self.unread.end == self.bytes.len() {
            self.make_room();
        }
        match socket.receive(&mut self.bytes[self.unread.end..]) {
            Ok(None) => Came::Nothing,
            Ok(Some(0)) => Came::End,
            Ok(Some(length)) => {
                self.unread.end += length;
                Came::Bytes
            }
            Err(_) => Came::Broken,
        }
    }
    // ANCHOR_END: fill

    /// Whether the last read filled the buffer, so that more may be there.
    pub(crate) fn is_full(&self) -> bool {
        self.unread.end == self.bytes.len()
    }

    /// Ends the turn of a connection: the lent buffer goes back.
    pub(crate) fn settle(&mut self, lent: &mut Vec<u8>) {
        if self.bytes.is_empty() {
            return;
        }
        let rest = self.unread().to_vec();
        let used = std::mem::replace(&mut self.bytes, rest);
        self.unread = 0..self.bytes.len();
        if used.len() >= LENT {
            *lent = used;
        }
    }

    /// The unread bytes go to the front, into a larger buffer if they fill it.
    /// The limits of heads and chunks keep them from growing for ever.
    fn make_room(&mut self) {
        if self.unread.start == 0 {
            let larger = self.bytes.len().saturating_mul(2).max(4 * 1024);
            self.bytes.resize(larger, 0);
        } else {
            self.bytes.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
    }
}
