//! Several processes, one listening socket, and a master that watches.
//!
//! Chapter 6
//!
//! *Strategy*: the master listens and never accepts. It starts the program again
//! for each worker and hands it the listening socket, so all workers accept from
//! one queue: whoever has time takes the next connection, and when a worker dies
//! the queue loses nothing. (`SO_REUSEPORT` would give each a queue of its own,
//! and a dead worker's would die with it. A `fork` would copy threads that do
//! not run in the copy.) The master loads no application, so there is little in
//! it that could fail.
//!
//! ```text
//!                 ready · alive · enough
//!            ┌──────────────────────────────► ┌────────┐
//!  signals ─►│ master │                       │ worker │◄── accept ── clients
//!            └───┬──────────────────────────► └────────┘        ▲
//!                │   drain · finish · now          ▲            │
//!                └──── the listening socket ───────┴────────────┘
//! ```

pub(crate) mod activation;
mod channel;
pub mod flags;
mod master;
pub mod messages;
pub(crate) mod notify;
mod pid_file;
mod signals;
mod spawn;
mod worker;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use master::{Ended, Master};
pub(crate) use pid_file::PidFile;
pub(crate) use worker::Worker;

/// How many workers, how they are started, and how long they may be silent.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) workers: usize,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// A worker that shows no sign of life for so long is ended.
    pub(crate) timeout: Duration,
    /// A worker that is to finish gets so long.
    pub(crate) grace: Duration,
}
