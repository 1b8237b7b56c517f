//! A connection for as long as one request needs it.
//!
//! Chapter 4
//!
//! *Strategy*: who has a lease has the connection alone. Its end says what
//! becomes of the connection: given back, it serves the next request; dropped,
//! it is closed, which is how an application learns that nobody wants its
//! answer. So a request that goes wrong in any way leaves nothing behind.

use std::io;
use std::sync::Arc;

use super::backend::{Backend, Options};
use super::fault::Fault;
use super::incoming::Incoming;
use super::socket::Socket;

/// An open connection.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) socket: Socket,
    pub(super) incoming: Incoming,
    pub(super) number: u64,
    /// How many requests it has carried.
    pub(super) requests: usize,
    /// Whether anything has come over it, ever.
    is_answered: bool,
}

impl Link {
    pub(super) fn new(socket: Socket, number: u64) -> Self {
        Link { socket, incoming: Incoming::default(), number, requests: 0, is_answered: false }
    }
}

/// A connection for one request. It is closed when it is dropped.
#[derive(Debug)]
pub(super) struct Lease {
    backend: Arc<Backend>,
    /// `None` once it was given back.
    link: Option<Link>,
    /// Whether it has served another request before.
    pub(super) is_reused: bool,
    /// What came of sending the first records while the request waited.
    sent: Option<io::Result<usize>>,
}

impl Lease {
    /// A connection, and what came of sending the first records of the request
    /// over it, if that was done already.
    pub(super) fn new(backend: &Arc<Backend>, link: Link, sent: Option<io::Result<usize>>) -> Self {
        let (backend, is_reused) = (Arc::clone(backend), link.is_answered);
        Lease { backend, link: Some(link), is_reused, sent }
    }

    /// The connection.
    pub(super) fn link(&mut self) -> &mut Link {
        self.link.as_mut().expect("a lease has its link until it is given back")
    }

    /// The bounds of the application.
    pub(super) fn options(&self) -> &Options {
        self.backend.options()
    }

    /// Sends the first records of the request, as far as they go without
    /// waiting, unless that was done already.
    pub(super) fn send_first(&mut self, records: &[u8]) -> io::Result<usize> {
        self.sent.take().unwrap_or_else(|| self.link().socket.send_now(records))
    }

    /// Whether anything has come over this connection, ever.
    pub(super) fn has_been_answered(&mut self) -> bool {
        self.link().is_answered
    }

    /// Notes how many bytes have come into the room for them.
    pub(super) fn received(&mut self, length: usize) {
        let link = self.link();
        link.incoming.received(length);
        if !std::mem::replace(&mut link.is_answered, true) {
            let number = link.number;
            self.backend.is_answered(number);
        }
    }

    /// Closes a connection that is kept, so that a process is free for this one.
    pub(super) fn free_kept(&self) {
        self.backend.free_kept();
    }

    /// Gives the connection back, to be used for another request.
    pub(super) fn give_back(mut self) {
        let Some(mut link) = self.link.take() else { return };
        link.incoming.rest();
        link.requests += 1;
        self.backend.give_back(link);
    }

    /// The kept connection turned out to be closed: a new one in its place.
    pub(super) fn reopen(mut self) -> Result<Lease, Fault> {
        self.link = None;
        self.backend.close_stale();
        // Without a link there is nothing that dropping it would give back.
        self.backend.open()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            self.backend.close(link);
        }
    }
}
