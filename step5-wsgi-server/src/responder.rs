//! The seam between the loop and whatever answers.
//!
//! Chapter 6
//!
//! *Strategy*: the loop knows sockets, and whoever answers knows none. It is
//! called with a request that has come whole, content and all, and returns a
//! response that the loop sends. It may be called on the loop's own thread or
//! on one of the pool's. A handler of the earlier steps is one such
//! ([`Handles`]), an application behind its gateway another.

use std::borrow::Cow;
use std::net::SocketAddr;

use step1_http_basics::framing::Framing;
use step1_http_basics::handler::{self, Body, Handler, Request, Response};
use step1_http_basics::parse::RequestHead;
use step3_cgi::meta_variables::Scheme;
use step3_cgi::spool::Spool;

use crate::push::{Begun, Push};
use crate::server::Options;

/// What answers whole requests.
pub trait Responder: Send + Sync {
    /// Answers one request. What must be sent before the response is complete
    /// goes through `push`.
    fn respond(&self, request: Arrived<'_>, push: Push) -> Answer;

    /// Is told how the server serves, before it does.
    fn serves_with(&mut self, _options: &Options) {}

    /// Is called once by each thread that answers, with all that the thread
    /// will ever do.
    fn in_thread(&self, work: &mut (dyn FnMut() + Send)) {
        work();
    }
}

/// A response, and what the loop has to know besides.
pub struct Answer {
    /// The response; if it has begun already, only its body counts.
    pub response: Response,
    /// Another phrase behind the status code than the usual one.
    pub reason: Option<Vec<u8>>,
    /// What [`Push::finish`] gave.
    pub begun: Option<Begun>,
    /// What must live until the response has left, and is dropped then.
    pub keep: Keep,
    /// Whether no application makes its content any more, so that the loop may read
    /// it in place and needs no thread for it.
    pub(crate) is_at_hand: bool,
}

impl Answer {
    /// The rest of a response that has begun.
    #[must_use]
    pub fn rest(begun: Begun, body: Body) -> Self {
        let response = Response { body, ..Response::new(begun.status) };
        Answer { begun: Some(begun), ..response.into() }
    }

    /// The same, of which all is there.
    pub(crate) fn at_hand(self) -> Self {
        Answer { is_at_hand: true, ..self }
    }
}

/// What is dropped when a response has left.
pub type Keep = Option<Box<dyn Send>>;

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Answer { response, reason: None, begun: None, keep: None, is_at_hand: false }
    }
}

/// A request that has come whole.
#[derive(Debug)]
pub struct Arrived<'a> {
    /// Method, target, version, fields.
    pub head: RequestHead,
    /// The very bytes of the head.
    pub raw_head: Cow<'a, [u8]>,
    /// How the end of the content was found.
    pub framing: Framing,
    /// The content.
    pub content: Spool,
    /// The address of the client, as a proxy that is trusted may have told;
    /// `None` for Unix sockets.
    pub peer: Option<SocketAddr>,
    /// The address that the connection was made to.
    pub local: Option<SocketAddr>,
    /// How the client spoke: `https` if a proxy that is trusted says so.
    pub scheme: Scheme,
}

impl Arrived<'_> {
    /// The content, which is taken away.
    #[must_use]
    pub fn take_content(&mut self) -> Spool {
        std::mem::replace(&mut self.content, Spool::new(0))
    }

    /// The same, for another thread.
    #[must_use]
    pub fn into_owned(self) -> Arrived<'static> {
        Arrived { raw_head: Cow::Owned(self.raw_head.into_owned()), ..self }
    }
}

/// A handler of the earlier steps, on this loop.
pub struct Handles<'h>(
    /// The handler.
    pub &'h dyn Handler,
);

impl Responder for Handles<'_> {
    fn respond(&self, mut request: Arrived<'_>, push: Push) -> Answer {
        let mut request = Request {
            head: request.head,
            raw_head: &request.raw_head,
            framing: request.framing,
            content: &mut request.content,
            peer: request.peer,
            local: request.local,
            presence: push.presence(),
        };
        handler::call(self.0, &mut request).into()
    }
}
