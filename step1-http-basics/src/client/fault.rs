//! What can go wrong between Enter and the page, phase by phase.
//!
//! Chapter 1
//!
//! *Strategy*: the same error of the system means different things in
//! different phases: a refused connection is a server that does not run, a
//! reset one while waiting is a server that gave up. So an error knows its
//! phase, and says what to try.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use super::redirect::RedirectError;
use crate::chunked::ChunkedError;
use crate::framing::FramingError;
use crate::parse::HeadError;

/// The phases of one exchange, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// From the host's name to its addresses.
    Resolve,
    /// From an address to a connection.
    Connect,
    /// The request leaves.
    Send,
    /// Until the first byte of an answer.
    Wait,
    /// The response comes.
    Receive,
    /// Both sides end the connection.
    Close,
    /// A redirect is followed.
    Redirect,
}

/// An exchange that failed, and when.
#[derive(Debug)]
pub struct ClientError {
    /// The phase that failed.
    pub phase: Phase,
    /// What went wrong.
    pub fault: Fault,
}

/// What went wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The name has no address, as far as can be told.
    NoAddress {
        /// The name.
        host: String,
        /// What the system says.
        error: io::Error,
    },
    /// None of the addresses accepted a connection.
    NotConnected(Vec<(SocketAddr, io::Error)>),
    /// Nothing happened for too long.
    TimedOut(Duration),
    /// Content kept coming, but too slowly.
    TooSlow,
    /// The other side broke the connection off.
    Reset,
    /// The other side closed before it had answered anything.
    NoAnswer,
    /// What came is not the head of an HTTP response.
    NotHttp {
        /// Why not.
        error: HeadError,
        /// The first bytes of what came.
        began: Vec<u8>,
    },
    /// The head is one, but a field of it, or its size, is wrong.
    Head(HeadError),
    /// The end of the response cannot be known.
    Framing(FramingError),
    /// Content that should be made of chunks is not.
    Chunked(ChunkedError),
    /// The connection was closed in the middle of the head.
    HeadCutShort,
    /// The connection was closed in the middle of the content.
    ContentCutShort {
        /// How many bytes of content had come.
        came: u64,
        /// How many were promised, if that was said.
        promised: Option<u64>,
    },
    /// More content than the limit.
    TooLarge(u64),
    /// More interim responses than anybody needs.
    TooManyInterim,
    /// `101`, though nothing else was asked for.
    Switched,
    /// A redirect that cannot be followed.
    Redirect(RedirectError),
    /// Whoever watched could not go on: the terminal or the file is gone.
    Observer(io::Error),
    /// Anything else that the system says.
    Io(io::Error),
}

impl Fault {
    /// What an error of the system means; `patience` is how long was waited.
    pub(super) fn of(error: io::Error, patience: Duration) -> Fault {
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Fault::TimedOut(patience),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                Fault::Reset
            }
            _ => Fault::Io(error),
        }
    }
}

impl ClientError {
    /// What to try, if there is something.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        let advice = match (&self.fault, self.phase) {
            (Fault::NoAddress { .. }, _) => {
                "check the spelling of the host, and whether this machine is online"
            }
            (Fault::NotConnected(_), _) => {
                "check that the server runs, and that the port is the one that it printed"
            }
            (Fault::TimedOut(_), _) => "try again later, or wait longer with --timeout SECONDS",
            (Fault::NotHttp { began, .. }, _) if began.starts_with(&[0x15, 3]) => {
                "this port speaks TLS: use curl with https"
            }
            (Fault::NotHttp { began, .. }, _) if began.starts_with(b"HTTP/1.") => return None,
            (Fault::NotHttp { .. }, _) => "check the port: another kind of server listens there",
            (Fault::NoAnswer | Fault::Reset, _) => {
                "look at the server's log; a server that expects TLS also does this"
            }
            (Fault::Redirect(error), _) => return error.advice(),
            _ => return None,
        };
        Some(advice.to_owned())
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.phase, self.fault)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Phase::Resolve => "resolve",
            Phase::Connect => "connect",
            Phase::Send => "send",
            Phase::Wait => "wait",
            Phase::Receive => "receive",
            Phase::Close => "close",
            Phase::Redirect => "redirect",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress { host, error } => {
                write!(f, "no address was found for {host}: {error}")
            }
            Self::NotConnected(attempts) => not_connected(f, attempts),
            Self::TimedOut(patience) => {
                write!(f, "nothing happened within {} s", patience.as_secs_f64())
            }
            Self::TooSlow => f.write_str("the content comes too slowly to wait for the rest"),
            Self::Reset => f.write_str("the server broke the connection off"),
            Self::NoAnswer => f.write_str("the server closed the connection without an answer"),
            Self::NotHttp { error, began } => {
                let began = began.escape_ascii();
                write!(f, "the answer is not HTTP/1: {error}. It begins with \"{began}\"")
            }
            Self::Head(error) => error.fmt(f),
            Self::Framing(error) => error.fmt(f),
            Self::Chunked(error) => error.fmt(f),
            Self::HeadCutShort => {
                f.write_str("the connection was closed in the middle of the head (RFC 9112 §8)")
            }
            Self::ContentCutShort { came, promised: Some(promised) } => {
                write!(
                    f,
                    "the connection was closed after {came} of {promised} bytes of content (RFC 9112 §8)"
                )
            }
            Self::ContentCutShort { came, promised: None } => {
                write!(
                    f,
                    "the connection was closed after {came} bytes of content, before the last chunk (RFC 9112 §8)"
                )
            }
            Self::TooLarge(limit) => {
                write!(f, "the content is larger than {limit} bytes, the limit of this client")
            }
            Self::TooManyInterim => f.write_str(
                "one interim response after another, and never a final one (RFC 9110 §15.2)",
            ),
            Self::Switched => f.write_str(
                "101: the server switched to a protocol that was not asked for (RFC 9110 §15.2.2)",
            ),
            Self::Redirect(error) => error.fmt(f),
            Self::Observer(error) => write!(f, "cannot write what came: {error}"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

fn not_connected(f: &mut fmt::Formatter<'_>, attempts: &[(SocketAddr, io::Error)]) -> fmt::Result {
    for (at, (address, error)) in attempts.iter().enumerate() {
        let separator = if at == 0 { "" } else { "; " };
        write!(f, "{separator}{address} {}", reason(error))?;
    }
    Ok(())
}

/// Why a connection was not made, in the same words on every system.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "refused: nothing listens there".to_owned(),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => "did not answer in time".to_owned(),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
            "cannot be reached from here".to_owned()
        }
        _ => format!("failed: {error}"),
    }
}

impl std::error::Error for ClientError {}
