//! Writes a line for each request when its response is at its end.
//!
//! Chapter 5 · PEP 3333, *Specification Details* (`close()`)
//!
//! *Strategy*: the status is known when `start_response` is called, the length
//! only at the end; and `close()` is called whatever happens. So the line is
//! written there. The form is the Common Log Format's; the time and the
//! client's name are left out, which a server in front writes down itself.

use std::sync::{Arc, Mutex, PoisonError};

use crate::application::{Application, Result};
use crate::body::{Body, Kind};
use crate::environ::Environ;
use crate::native_string::NativeStr;
use crate::start_response::{ExcInfo, Headers, StartResponse};

/// An application whose requests are written down.
pub struct AccessLog<A> {
    application: A,
    log: Arc<dyn Fn(&str) + Send + Sync>,
}

impl<A> AccessLog<A> {
    /// Hands each line, without an end of line, to `log`.
    pub fn new(application: A, log: impl Fn(&str) + Send + Sync + 'static) -> Self {
        AccessLog { application, log: Arc::new(log) }
    }
}

/// What is known of a response so far.
#[derive(Default)]
struct Seen {
    status: Option<String>,
    content: u64,
}

type Shared = Arc<Mutex<Seen>>;

fn update(seen: &Shared, change: impl FnOnce(&mut Seen)) {
    change(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
}

// ANCHOR: call
impl<A: Application> Application for AccessLog<A> {
    fn call(&self, environ: Environ, start_response: StartResponse) -> Result<Body> {
        let request = request_line(&environ);
        let seen = Shared::default();
        let body = self.application.call(environ, noting(start_response, &seen));
        let log = Arc::clone(&self.log);
        match body {
            Ok(body) => Ok(counting(body, &seen).on_close(move || log(&line(&request, &seen)))),
            Err(error) => {
                log(&line(&request, &seen));
                Err(error)
            }
        }
    }
}
// ANCHOR_END: call

/// `start_response` that notes the status, and `write` that counts.
fn noting(start_response: StartResponse, seen: &Shared) -> StartResponse {
    let seen = Arc::clone(seen);
    Arc::new(move |status: &str, headers: Headers<'_>, exc_info: Option<ExcInfo>| {
        let write = start_response(status, headers, exc_info)?;
        update(&seen, |seen| seen.status = status.get(..3).map(str::to_owned));
        let seen = Arc::clone(&seen);
        Ok(Arc::new(move |block: &[u8]| {
            update(&seen, |seen| seen.content += block.len() as u64);
            write(block)
        }))
    })
}

/// The same body, counted: at once if it is all there, else block by block.
fn counting(mut body: Body, seen: &Shared) -> Body {
    let known = match &mut body.kind {
        Kind::Block(block) => Some(block.len() as u64),
        Kind::File(file) => file.offset_and_length().ok().map(|(_, length)| length),
        Kind::Empty | Kind::Blocks(_) | Kind::Iterator(_) => None,
    };
    if let Some(length) = known {
        update(seen, |seen| seen.content += length);
        return body;
    }
    let seen = Arc::clone(seen);
    Body::iterator(body.inspect(move |block| {
        if let Ok(block) = block {
            update(&seen, |seen| seen.content += block.len() as u64);
        }
    }))
}

fn line(request: &str, seen: &Shared) -> String {
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    format!("\"{request}\" {} {}", seen.status.as_deref().unwrap_or("-"), seen.content)
}

/// Method, path and query; nothing that could begin a line or end the quotes.
fn request_line(environ: &Environ) -> String {
    let part = |name| escaped(environ.get_or_empty(name));
    let query = part("QUERY_STRING");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} {}{}{mark}{query}", part("REQUEST_METHOD"), part("SCRIPT_NAME"), part("PATH_INFO"))
}

fn escaped(string: NativeStr<'_>) -> String {
    string.as_bytes().escape_ascii().to_string()
}
