//! A listening socket that systemd has made for us.
//!
//! Chapter 6 · `sd_listen_fds(3)`
//!
//! *Strategy*: systemd listens, and starts the server with the socket as
//! descriptor 3 (`LISTEN_FDS=1`, and in `LISTEN_PID` for whom it is meant). So
//! the server may start late, or again, and no client is refused meanwhile. A
//! number is no descriptor that Rust knows to be ours; instead of claiming so,
//! we ask the kernel for a duplicate, and it says whether there is one.

use std::env;
use std::io;
use std::process;

use crate::listen::Listener;

/// Where the descriptors begin that are handed over.
const FIRST: i32 = 3;

/// The listening socket that was handed over, if there is one.
///
/// # Errors
/// When there are several, or the one is no listening socket.
pub(crate) fn listener() -> Result<Option<Listener>, String> {
    let variable = |name| env::var(name).ok().and_then(|value| value.parse::<u32>().ok());
    match is_meant(variable("LISTEN_PID"), variable("LISTEN_FDS"), process::id()) {
        0 => Ok(None),
        1 => {
            let listener = duplicate(FIRST).and_then(Listener::inherited);
            let listener = listener.map_err(|error| {
                format!("LISTEN_FDS=1, but descriptor {FIRST} is no listening socket: {error}")
            })?;
            Ok(Some(listener))
        }
        several => Err(format!("LISTEN_FDS={several}: one socket is served, not several")),
    }
}

/// How many sockets are meant for this process.
fn is_meant(listen_pid: Option<u32>, listen_fds: Option<u32>, own: u32) -> u32 {
    if listen_pid == Some(own) { listen_fds.unwrap_or(0) } else { 0 }
}

#[cfg(target_os = "linux")]
fn duplicate(number: i32) -> io::Result<std::os::fd::OwnedFd> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

    let this = pidfd_open(getpid(), PidfdFlags::empty())?;
    Ok(pidfd_getfd(this, number, PidfdGetfdFlags::empty())?)
}

#[cfg(not(target_os = "linux"))]
fn duplicate(_: i32) -> io::Result<std::os::fd::OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_meant_for_this_process_is_taken() {
        assert_eq!(is_meant(Some(7), Some(1), 7), 1);
        assert_eq!(is_meant(Some(7), Some(1), 8), 0);
        assert_eq!(is_meant(None, Some(1), 8), 0);
        assert_eq!(is_meant(Some(8), None, 8), 0);
    }
}
