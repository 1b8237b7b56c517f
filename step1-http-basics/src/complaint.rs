//! What is said of clients that ask for too much, without letting them fill the
//! log.
//!
//! Chapter 6
//!
//! *Strategy*: if each of them were a line, anybody could write as much into the
//! log as they like, and bury what matters. So of each kind there is one line,
//! and then none for a while; the next one says how many were left out.

use std::fmt;
use std::time::{Duration, Instant};

/// For how long nothing is said after a line.
const PAUSE: Duration = Duration::from_secs(10);

/// One kind of complaint.
#[derive(Debug, Default)]
pub struct Complaint {
    said: Option<Instant>,
    unsaid: u64,
}

// ANCHOR: complaint
impl Complaint {
    /// Says it, unless it was said a short while ago.
    pub fn say(&mut self, now: Instant, what: fmt::Arguments<'_>) {
        if let Some(line) = self.line(now, what) {
            log::warn!("{line}");
        }
    }

    fn line(&mut self, now: Instant, what: fmt::Arguments<'_>) -> Option<String> {
        if self.said.is_some_and(|said| now.saturating_duration_since(said) < PAUSE) {
            self.unsaid += 1;
            return None;
        }
        self.said = Some(now);
        Some(match std::mem::take(&mut self.unsaid) {
            0 => what.to_string(),
            more => format!("{what} (and {more} more since this was said last)"),
        })
    }
}
// ANCHOR_END: complaint

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_said_and_those_that_follow_are_counted() {
        let mut complaint = Complaint::default();
        let began = Instant::now();
        let mut at =
            |seconds| complaint.line(began + Duration::from_secs(seconds), format_args!("full"));
        assert_eq!(at(0).as_deref(), Some("full"));
        assert_eq!((at(1), at(9)), (None, None));
        assert_eq!(at(10).as_deref(), Some("full (and 2 more since this was said last)"));
        assert_eq!(at(30).as_deref(), Some("full"));
    }
}
