//! From a request to an application, and from what it returns to a response.
//!
//! Chapter 6 · PEP 3333, *The Server/Gateway Side*
//!
//! *Strategy*: the variables are those of step 3, in the form of step 4. The
//! application is called; what it returns says what it is made of, and becomes
//! the kind of body that the loop sends best: one block leaves with the head in
//! one write, a file is moved by the kernel, and an iterator is asked for its
//! next block when the one before is on its way. An error before the first byte
//! is a plain 500; after it the connection is cut, so that the client can tell.
//!
//! ```text
//!   Arrived ──► Environ ──► application ──► Body ──► Response ──► loop
//!               step 3,4         │                                  ▲
//!                                └── write() ──► Push ──────────────┘
//! ```

pub(crate) mod answer;
pub(crate) mod blocks;
pub(crate) mod environ;

use std::io;
use std::sync::{Mutex, PoisonError};

use http::header::CONNECTION;
use http::{HeaderValue, Method, StatusCode};
use step1_http_basics::handler::{Body, Response};
use step1_http_basics::parse::RequestHead;
use step4_wsgi_interface::gateway::{Call, Output, contained};
use step4_wsgi_interface::head::Head;
use step4_wsgi_interface::{Application, Error, Result};

use crate::push::{Begun, Push};
use crate::responder::{Answer, Arrived, Responder};
use crate::server::Options;

pub use environ::Facts;

/// So many calls are kept to be used again.
const SPARE: usize = 64;

/// Calls an application for each request.
pub struct Gateway<A> {
    application: A,
    facts: Facts,
    spare: Mutex<Vec<Call<Early>>>,
}

impl<A: Application + Send + Sync> Gateway<A> {
    /// A gateway to this application, which is told these facts of its server.
    pub fn new(application: A, facts: Facts) -> Self {
        Gateway { application, facts, spare: Mutex::default() }
    }

    fn spare(&self) -> std::sync::MutexGuard<'_, Vec<Call<Early>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: Application + Send + Sync> Responder for Gateway<A> {
    // ANCHOR: respond
    fn respond(&self, mut request: Arrived<'_>, push: Push) -> Answer {
        let early = Early { push: Some(push) };
        let spare = self.spare().pop();
        let call = match spare {
            Some(mut call) => {
                call.renew(early);
                call
            }
            None => Call::new(early),
        };
        if request.head.method == Method::HEAD {
            call.answers_head();
        }
        let environ = self.facts.environ(&mut request);
        let head = &request.head;
        let answer = contained(|| {
            let body = self.application.call(environ, call.start_response())?;
            answer::from_body(&call, body, &head.method)
        })
        .unwrap_or_else(|error| failed(&call, &error, head));
        let mut spare = self.spare();
        if spare.len() < SPARE {
            spare.push(call);
        }
        answer
    }
    // ANCHOR_END: respond

    fn serves_with(&mut self, options: &Options) {
        self.facts = options.facts();
    }
}

// ANCHOR: failed
/// The application has failed. If nothing was sent, the client is told so;
/// otherwise the response ends in an error, and the connection with it.
fn failed(call: &Call<Early>, error: &Error, head: &RequestHead) -> Answer {
    log::error!("the application failed at {} {}: {error}", head.method, head.target.path());
    let begun = call.with_output(|early| early.push.take()).and_then(Push::finish);
    failure(begun, &error.to_string())
}

/// A plain 500; or, if the response has begun, its end.
pub(crate) fn failure(begun: Option<Begun>, why: &str) -> Answer {
    if let Some(begun) = begun {
        return Answer::rest(begun, Body::Stream(Box::new(Failed(why.to_owned()))));
    }
    let text = "500 Internal Server Error\n";
    Response::text(StatusCode::INTERNAL_SERVER_ERROR, text)
        .field(CONNECTION, HeaderValue::from_static("close"))
        .into()
}
// ANCHOR_END: failed

/// Content that cannot be finished.
struct Failed(String);

impl io::Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other(self.0.clone()))
    }
}

/// Where `write()` leads: to the client, while the application is called.
struct Early {
    push: Option<Push>,
}

impl Output for Early {
    fn send(&mut self, head: Option<&Head>, block: &[u8]) -> Result<()> {
        let push = self.push.as_mut().ok_or("write() was called after the call had returned")?;
        if head.is_none() && !push.has_begun() {
            return Err("write() was called when the response had begun without it".into());
        }
        push.write(block, || head.map_or_else(Default::default, answer::status_and_fields))?;
        Ok(())
    }
}
