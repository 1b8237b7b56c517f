//! No connection was accepted: what now?
//!
//! Chapter 6 · accept(2)
//!
//! *Strategy*: the error of `accept` may be about nobody, about the one who was to
//! be accepted, about this process or about the socket that listens, and only the
//! last is a reason to end. So every loop that accepts asks here.

use std::io;

/// What an error of `accept` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptError {
    /// Nobody waits to be accepted.
    NobodyWaits,
    /// This one has gone already. Somebody else may wait behind it.
    OneHasGone,
    /// There is no descriptor or no memory for a connection. A little later there
    /// may be.
    Lack,
    /// The socket cannot be used.
    Socket,
}

impl AcceptError {
    // ANCHOR: accept_error
    /// Linux hands over what went wrong on the way to the new connection as if it
    /// had gone wrong in `accept`; see *Error handling* in its manual page.
    #[cfg(unix)]
    #[must_use]
    pub fn of(error: &io::Error) -> Self {
        use rustix::io::Errno;

        match Errno::from_io_error(error) {
            Some(Errno::AGAIN) => AcceptError::NobodyWaits,
            #[cfg(target_os = "linux")]
            Some(Errno::NONET) => AcceptError::OneHasGone,
            Some(
                // A signal may interrupt any system call; nothing has happened then.
                Errno::INTR
                | Errno::CONNABORTED
                | Errno::HOSTDOWN
                | Errno::HOSTUNREACH
                | Errno::NETDOWN
                | Errno::NETUNREACH
                | Errno::NOPROTOOPT
                | Errno::OPNOTSUPP
                | Errno::PROTO,
            ) => AcceptError::OneHasGone,
            Some(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => AcceptError::Lack,
            _ => AcceptError::Socket,
        }
    }
    // ANCHOR_END: accept_error

    /// As far as the kinds of the standard library tell.
    #[cfg(not(unix))]
    #[must_use]
    pub fn of(error: &io::Error) -> Self {
        use io::ErrorKind::{
            ConnectionAborted, ConnectionReset, Interrupted, OutOfMemory, WouldBlock,
        };

        match error.kind() {
            WouldBlock => AcceptError::NobodyWaits,
            Interrupted | ConnectionAborted | ConnectionReset => AcceptError::OneHasGone,
            OutOfMemory => AcceptError::Lack,
            _ => AcceptError::Socket,
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn who_or_what_an_error_is_about() {
        for (about, errors) in [
            (AcceptError::NobodyWaits, &[Errno::AGAIN, Errno::WOULDBLOCK][..]),
            (
                AcceptError::OneHasGone,
                &[
                    Errno::CONNABORTED,
                    Errno::INTR,
                    // accept(2), Error handling
                    Errno::NETDOWN,
                    Errno::PROTO,
                    Errno::NOPROTOOPT,
                    Errno::HOSTDOWN,
                    Errno::NONET,
                    Errno::HOSTUNREACH,
                    Errno::OPNOTSUPP,
                    Errno::NETUNREACH,
                ],
            ),
            (AcceptError::Lack, &[Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM]),
            (AcceptError::Socket, &[Errno::BADF, Errno::INVAL, Errno::NOTSOCK, Errno::PERM]),
        ] {
            for &error in errors {
                assert_eq!(AcceptError::of(&error.into()), about, "{error:?}");
            }
        }
        assert_eq!(AcceptError::of(&io::Error::other("no error of a call")), AcceptError::Socket);
    }
}
