//! Is the client still there?
//!
//! Chapter 4 · RFC 9112 §9.5
//!
//! *Strategy*: a handler that waits for somebody else, such as a program, should
//! not wait for an answer that nobody wants any more. A reset says that the
//! client has gone. An end alone does not: a client may end its side and still
//! wait. An interim response tells the two apart, since every client of HTTP/1.1
//! reads over it, and a socket that is closed answers it with a reset.
//!
//! ```text
//!            end of the client's side        reset
//!     Here ───────────────────────────► HalfClosed ──────► Gone
//!       │                                (100 Continue)      ▲
//!       └──────────────────── reset ─────────────────────────┘
//! ```
//!
//! ```
//! use step1_http_basics::presence::{Presence, Sight};
//!
//! assert_eq!(Presence::unknown().look(), Sight::Here);
//! ```

use std::fmt;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use http::Version;

/// The client of one request, to be looked at now and then. It can be kept for
/// as long as the response is being made.
#[derive(Clone)]
pub struct Presence {
    connection: Option<Arc<dyn Watched>>,
    version: Version,
}

/// What can be seen of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Nothing speaks against its being there.
    Here,
    /// It sends no more. It may be waiting for the response, or have gone; look
    /// again in a while.
    HalfClosed,
    /// Nobody will read the response.
    Gone,
}

/// The connection of a client, as whoever runs it knows it.
pub trait Watched: Send + Sync {
    /// A descriptor to `poll` for a hang-up; `None` if there is none, so that
    /// one has to look now and then.
    #[cfg(unix)]
    fn descriptor(&self) -> Option<BorrowedFd<'_>>;

    /// Looks, without waiting, at a client that speaks this version.
    fn look(&self, version: Version) -> Sight;
}

/// What can be seen of a client on its socket, without waiting.
#[cfg(unix)]
#[must_use]
pub fn look_at(socket: impl AsFd) -> Sight {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    // Elsewhere the end of the other side can only be read.
    #[cfg(target_os = "linux")]
    let half_closed = PollFlags::RDHUP;
    #[cfg(not(target_os = "linux"))]
    let half_closed = PollFlags::empty();
    let mut socket = [PollFd::new(&socket, half_closed)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    let seen = poll(&mut socket, Some(&now)).map_or(PollFlags::empty(), |_| socket[0].revents());
    if seen.intersects(PollFlags::HUP | PollFlags::ERR) {
        Sight::Gone
    } else if seen.intersects(half_closed) {
        Sight::HalfClosed
    } else {
        Sight::Here
    }
}

impl Presence {
    /// The client at the other end of this connection.
    #[must_use]
    pub fn new(connection: Arc<dyn Watched>, version: Version) -> Self {
        Presence { connection: Some(connection), version }
    }

    /// A client of which nothing is known, so that it is always there.
    #[must_use]
    pub fn unknown() -> Self {
        Presence { connection: None, version: Version::HTTP_11 }
    }

    /// A descriptor to `poll` for a hang-up.
    #[cfg(unix)]
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.connection.as_ref()?.descriptor()
    }

    /// Looks, without waiting.
    #[must_use]
    pub fn look(&self) -> Sight {
        self.connection.as_ref().map_or(Sight::Here, |connection| connection.look(self.version))
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence").field("known", &self.connection.is_some()).finish()
    }
}
