//! A client: what a browser does before it renders, each phase timed.
//!
//! Chapter 1 · RFC 9110 §3.3
//!
//! *Strategy*: a request runs through phases, and whoever asks for it watches:
//! each thing that happens is told to an observer at the moment when it
//! happens. Nothing is kept, so content of any size passes through. Every
//! request has a connection of its own, as in the first years of the web: so
//! each of them shows all phases, from the name to the closed connection.
//!
//! ```no_run
//! use http::Method;
//! use step1_http_basics::client::{self, Event, Request, Settings, Url};
//!
//! let url = Url::parse("http://127.0.0.1:8000/")?;
//! let request = Request::new(Method::GET, url)?;
//! let head = client::exchange(&request, &Settings::default(), &mut |event, took| {
//!     if let Event::Connected { server, .. } = event {
//!         println!("{server} accepted the connection after {took:?}");
//!     }
//!     Ok(())
//! })?;
//! println!("{} {}", head.status.as_u16(), head.reason);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod connect;
mod content;
mod exchange;
mod fault;
mod host;
mod redirect;
mod relative;
mod request;
mod resolve;
mod stage;
mod url;
mod url_error;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::limits::{Limits, Pace};
use crate::parse::ResponseHead;

pub(crate) use fault::reason;
pub use fault::{ClientError, Fault, Phase};
pub use host::Host;
pub use redirect::{Redirect, RedirectError, next as next_request};
pub use request::{Request, RequestError};
pub use resolve::{Resolver, ask_the_system};
use stage::Stage;
pub use stage::{Closing, Event, Observer};
pub use url::{Url, UrlError};

/// How long a client waits, and for how much.
#[derive(Clone)]
pub struct Settings {
    /// The longest time without anything happening: for the addresses, for a
    /// connection, for the first byte, for the rest of a head, for the next
    /// piece of content.
    pub timeout: Duration,
    /// The slowest content that is still waited for, in bytes a second. Servers
    /// that say something now and then, as event streams do, are slow on
    /// purpose.
    pub slowest: u64,
    /// How long content may be slower than that.
    pub grace: Duration,
    /// The most bytes of content.
    pub content: u64,
    /// The most redirects that are followed.
    pub redirects: usize,
    /// Who knows the addresses of names.
    pub resolver: Resolver,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            timeout: Duration::from_secs(10),
            slowest: 1,
            grace: Duration::from_secs(60),
            content: 1024 * 1024 * 1024,
            redirects: 10,
            resolver: Arc::new(ask_the_system),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Settings {
    fn limits(&self) -> Limits {
        let pace = Pace { stall: self.timeout, grace: self.grace, bytes_per_second: self.slowest };
        Limits { content: self.content, pace, ..Limits::default() }
    }
}

/// Sends one request and receives its response, whatever that says.
///
/// # Errors
/// When a phase fails.
pub fn exchange<'o>(
    request: &Request,
    settings: &Settings,
    observer: &'o mut Observer<'o>,
) -> Result<ResponseHead, ClientError> {
    let mut stage = Stage::new(observer);
    exchange::run(request, settings, &mut stage)
        .map_err(|fault| ClientError { phase: stage.phase, fault })
}

/// [`exchange`], and again for each redirect, until there is an answer that is
/// none.
///
/// # Errors
/// When a phase fails, or a redirect leads nowhere.
pub fn follow<'o>(
    request: Request,
    settings: &Settings,
    observer: &'o mut Observer<'o>,
) -> Result<ResponseHead, ClientError> {
    let mut stage = Stage::new(observer);
    follow_on(request, settings, &mut stage)
        .map_err(|fault| ClientError { phase: stage.phase, fault })
}

fn follow_on(
    mut request: Request,
    settings: &Settings,
    stage: &mut Stage<'_>,
) -> Result<ResponseHead, Fault> {
    let mut seen = Vec::new();
    loop {
        let head = exchange::run(&request, settings, stage)?;
        let Some(redirect) = redirect::next(&request, &head).map_err(|error| {
            stage.phase = Phase::Redirect;
            Fault::Redirect(error)
        })?
        else {
            return Ok(head);
        };
        stage.begin(Phase::Redirect)?;
        seen.push((request.method().clone(), request.url().to_string()));
        let Redirect { request: next, left_out } = redirect;
        if seen.len() > settings.redirects {
            return Err(Fault::Redirect(RedirectError::TooMany(settings.redirects)));
        }
        if seen.contains(&(next.method().clone(), next.url().to_string())) {
            return Err(Fault::Redirect(RedirectError::Loop(next.url().clone())));
        }
        stage.tell(Event::Redirected { request: &next, left_out: &left_out })?;
        request = next;
    }
}
