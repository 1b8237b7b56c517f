//! What the server is doing now, in figures that a person can read.
//!
//! Chapter 6
//!
//! *Strategy*: the loop counts in plain numbers that belong to it alone; nobody
//! takes a lock for a figure. A process shows its own, and a master puts those
//! of its workers into one table.
//!
//! ```
//! use step5_wsgi_server::metrics::{Counts, Row, table};
//!
//! let counts = Counts { connections: 2, accepted: 7, requests: 40, ..Counts::default() };
//! let row = Row { worker: "-".into(), process: 4711, state: "serving".into(), counts, ..Row::default() };
//! assert!(table(&[row]).lines().nth(1).unwrap().ends_with("      2       7        40     0        0"));
//! ```

use std::fmt::Write;
use std::time::Duration;

/// What a process counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that are open.
    pub connections: u64,
    /// Connections that were ever accepted.
    pub accepted: u64,
    /// Requests that came whole.
    pub requests: u64,
    /// Threads of the pool that are at work, and requests that an application
    /// behind this server has.
    pub busy: u64,
    /// Requests that wait for a thread, or for a connection to an application.
    pub waiting: u64,
}

impl Counts {
    /// The five figures, as they travel from a worker to its master.
    pub(crate) fn to_words(self) -> String {
        let Counts { connections, accepted, requests, busy, waiting } = self;
        format!("{connections} {accepted} {requests} {busy} {waiting}")
    }

    /// The same, read.
    pub(crate) fn from_words(text: &str) -> Option<Self> {
        let mut words = text.split(' ').map(str::parse);
        let mut next = || words.next()?.ok();
        Some(Counts {
            connections: next()?,
            accepted: next()?,
            requests: next()?,
            busy: next()?,
            waiting: next()?,
        })
    }
}

/// A process, and what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its number among the workers.
    pub worker: String,
    /// Its process id.
    pub process: u32,
    /// What it is about: `starting`, `serving`, `retiring`, `finishing`.
    pub state: String,
    /// How long it has lived.
    pub up: Duration,
    /// How long ago it was last heard of. An application that runs on the loop
    /// keeps its worker silent for as long as it runs.
    pub silent: Duration,
    /// What it has counted.
    pub counts: Counts,
}

/// The rows under their headings.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:>6} {:>7} {:9} {:>7} {:>7} {:>6} {:>7} {:>9} {:>5} {:>8}\n",
        "worker",
        "process",
        "state",
        "up",
        "silent",
        "open",
        "accepted",
        "requests",
        "busy",
        "waiting"
    );
    for Row { worker, process, state, up, silent, counts } in rows {
        let Counts { connections, accepted, requests, busy, waiting } = counts;
        let (up, silent) = (up.as_secs(), silent.as_secs_f64());
        let _ = writeln!(
            text,
            "{worker:>6} {process:>7} {state:9} {up:>5} s {silent:>5.1} s {connections:>6} {accepted:>7} {requests:>9} {busy:>5} {waiting:>8}"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_back_as_they_were_sent_and_nonsense_does_not() {
        let counts = Counts { connections: 1, accepted: 2, requests: 3, busy: 4, waiting: 5 };
        assert_eq!(Counts::from_words(&counts.to_words()), Some(counts));
        for nonsense in ["", "1", "1 2 3 4", "1 2 3 4 x", "-1 2 3 4 5"] {
            assert_eq!(Counts::from_words(nonsense), None, "{nonsense}");
        }
    }
}
