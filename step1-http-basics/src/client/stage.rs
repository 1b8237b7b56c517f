//! Who watches an exchange, and what there is to see.
//!
//! Chapter 1
//!
//! *Strategy*: the client neither prints nor stores. It tells each thing that
//! happens to one observer, at once, with the time since its phase began.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderName};

use super::fault::{Fault, Phase};
use super::host::Host;
use super::request::Request;
use crate::framing::Framing;
use crate::parse::ResponseHead;

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A phase begins; connecting begins anew with each address.
    Begins(Phase),
    /// The host has these addresses.
    Resolved {
        /// The host of the URL.
        host: &'e Host,
        /// In the order in which they are tried.
        addresses: &'e [SocketAddr],
    },
    /// An address did not accept a connection.
    NotConnected(SocketAddr, &'e io::Error),
    /// An address did.
    Connected {
        /// Theirs.
        server: SocketAddr,
        /// Ours.
        client: SocketAddr,
    },
    /// The request has left, as far as this machine is concerned.
    Sent {
        /// The very bytes of the head.
        head: &'e [u8],
        /// The content behind them.
        content: &'e [u8],
        /// The server stopped listening before it had everything.
        broke_off: bool,
    },
    /// The first byte of an answer has come.
    Answered,
    /// The head of a response has come: an interim one, or the final one.
    Head {
        /// The very bytes.
        raw: &'e [u8],
        /// What they mean.
        head: &'e ResponseHead,
        /// How the end of the content will be found.
        framing: Framing,
    },
    /// A piece of the content.
    Content(&'e [u8]),
    /// The response is complete.
    Received {
        /// Bytes of content.
        content: u64,
        /// How its end was found.
        framing: Framing,
        /// The fields that came after the content.
        trailers: &'e HeaderMap,
    },
    /// The connection is closed.
    Closed(Closing),
    /// A redirect is followed.
    Redirected {
        /// What is sent next.
        request: &'e Request,
        /// The fields that are not sent again.
        left_out: &'e [HeaderName],
    },
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// The server closed its side too.
    ByBoth {
        /// Bytes that came after the end of the response, and belong to nothing.
        surplus: u64,
    },
    /// The server broke it off, after all had come.
    Reset,
    /// The server kept its side open, or kept sending: we left.
    ByUs,
}

/// What the client calls with each event, and with the time since the phase
/// began. An error ends the exchange: there is nobody left to tell.
pub type Observer<'o> = dyn FnMut(Event<'_>, Duration) -> io::Result<()> + 'o;

/// The phase that runs now.
pub(super) struct Stage<'s> {
    pub(super) phase: Phase,
    began: Instant,
    observer: &'s mut Observer<'s>,
}

impl<'s> Stage<'s> {
    pub(super) fn new(observer: &'s mut Observer<'s>) -> Self {
        Stage { phase: Phase::Resolve, began: Instant::now(), observer }
    }

    pub(super) fn begin(&mut self, phase: Phase) -> Result<(), Fault> {
        self.phase = phase;
        self.began = Instant::now();
        self.tell(Event::Begins(phase))
    }

    pub(super) fn tell(&mut self, event: Event<'_>) -> Result<(), Fault> {
        (self.observer)(event, self.began.elapsed()).map_err(Fault::Observer)
    }
}
