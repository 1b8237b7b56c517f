//! One wait for all that may happen next.
//!
//! Chapter 4

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, Timespec};
use rustix::io::Errno;

/// Waits until one of these descriptors is ready, for so long at most, and says
/// how many are. An interrupted wait has found none: whoever calls looks how
/// much time is left, and waits again.
pub(crate) fn poll(descriptors: &mut [PollFd<'_>], patience: Duration) -> io::Result<usize> {
    // A time that is too long to be told is no bound.
    let patience = Timespec::try_from(patience).ok();
    match rustix::event::poll(descriptors, patience.as_ref()) {
        Err(Errno::INTR) => Ok(0),
        ready => Ok(ready?),
    }
}
