//! How much a peer may send, and how slowly.
//!
//! Chapter 2 · RFC 9110 §15.5, RFC 9112 §3
//!
//! *Strategy*: a server that reads whatever it is sent can be filled up, and
//! one that waits as long as it is asked to can be held up. So every size has
//! a limit here and every wait has a deadline, and each has its own answer:
//! 408, 413, 414 or 431.

use std::io;
use std::time::{Duration, Instant};

/// What a message may measure, and how long it may take to arrive or leave.
///
/// ```
/// use step1_http_basics::limits::Limits;
///
/// let strict = Limits { content: 64 * 1024, ..Limits::default() };
/// assert_eq!(strict.target, 8_000);
/// ```
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of a method; longer ones are answered 501.
    pub method: usize,
    /// Bytes of a request target; longer ones are answered 414.
    /// [RFC 9112 §3](https://www.rfc-editor.org/rfc/rfc9112#section-3) asks
    /// for at least 8,000 for the whole request line.
    pub target: usize,
    /// Bytes of all field lines together; more are answered 431.
    pub fields: usize,
    /// Bytes of content; more are answered 413.
    pub content: u64,
    /// Unread content up to this many bytes is read and thrown away, so that
    /// the connection can be used again; past it the connection is closed. So
    /// much, too, is still read after what is no HTTP.
    pub drain: u64,
    /// From the first byte of a request to the end of its head.
    pub head_deadline: Duration,
    /// From the end of one exchange to the first byte of the next.
    pub keep_alive: Duration,
    /// How long a closing connection is listened to, so that its client gets
    /// the last answer; without a byte a fifth of that.
    pub linger: Duration,
    /// How content must keep coming, and a response keep leaving.
    pub pace: Pace,
}

// ANCHOR: defaults
impl Default for Limits {
    fn default() -> Self {
        Limits {
            method: 32,
            target: 8_000,
            fields: 32 * 1024,
            content: 1024 * 1024 * 1024,
            drain: 64 * 1024,
            head_deadline: Duration::from_secs(10),
            keep_alive: Duration::from_secs(15),
            linger: Duration::from_secs(10),
            pace: Pace::default(),
        }
    }
}
// ANCHOR_END: defaults

/// The most field lines in one head; more are answered 431.
pub const MAX_FIELDS: usize = 100;

/// The slowest transfer that is still waited for.
///
/// A deadline for the whole would cut long downloads; a deadline for each read
/// would let a peer send one byte a minute for ever. So there are two rules:
/// never still for longer than `stall`, and after `grace` never slower than
/// `bytes_per_second` on average.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The longest time without a single byte.
    pub stall: Duration,
    /// The time before the average counts.
    pub grace: Duration,
    /// The lowest average.
    pub bytes_per_second: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Pace {
            stall: Duration::from_secs(20),
            grace: Duration::from_secs(20),
            bytes_per_second: 500,
        }
    }
}

impl Pace {
    // ANCHOR: remaining
    /// How much longer a transfer may wait that has moved `bytes` in `elapsed`;
    /// `None` when it is too slow already.
    #[must_use]
    pub fn remaining(&self, bytes: u64, elapsed: Duration) -> Option<Duration> {
        let earned =
            Duration::from_millis(bytes.saturating_mul(1000) / self.bytes_per_second.max(1));
        let left = (self.grace.saturating_add(earned)).checked_sub(elapsed)?;
        (!left.is_zero()).then_some(left.min(self.stall))
    }
    // ANCHOR_END: remaining
}

/// One transfer, measured against its [`Pace`].
#[derive(Debug)]
pub struct Transfer {
    pace: Pace,
    began: Instant,
    bytes: u64,
}

impl Transfer {
    /// Begins now.
    #[must_use]
    pub fn begin(pace: Pace) -> Self {
        Transfer { pace, began: Instant::now(), bytes: 0 }
    }

    /// How long the next bytes may be waited for.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when the transfer is too slow already.
    pub fn patience(&self) -> io::Result<Duration> {
        let patience = self.pace.remaining(self.bytes, self.began.elapsed());
        patience.ok_or_else(|| io::Error::new(io::ErrorKind::TimedOut, "the transfer is too slow"))
    }

    /// Notes that so many bytes have moved.
    pub fn moved(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_transfer_may_take_long_and_a_slow_one_may_not() {
        let pace = Pace::default();
        let hour = Duration::from_secs(3600);
        assert_eq!(pace.remaining(10_000_000, hour), Some(pace.stall));
        assert_eq!(pace.remaining(60, hour), None);
        assert_eq!(pace.remaining(0, Duration::from_secs(15)), Some(Duration::from_secs(5)));
    }

    #[test]
    fn what_has_moved_earns_patience() {
        let stall = Duration::from_secs(10);
        let pace = Pace { stall, grace: Duration::ZERO, bytes_per_second: 1 };
        let mut transfer = Transfer::begin(pace);
        assert_eq!(transfer.patience().unwrap_err().kind(), io::ErrorKind::TimedOut);
        transfer.moved(3600);
        assert_eq!(transfer.patience().unwrap(), stall);
    }
}
