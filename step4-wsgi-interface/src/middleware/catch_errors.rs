//! Turns an application's error, or its panic, into a page that says so.
//!
//! Chapter 5 · PEP 3333, *Error Handling*
//!
//! *Strategy*: an error can come when the application is called, or when a
//! block of its content is asked for. Either way `start_response` is called
//! again, with the error as `exc_info`: if nothing has been sent, status and
//! headers are replaced; if something has, the call fails with that error, which
//! goes on to the gateway. What went wrong is written to `wsgi.errors`, and not
//! told to strangers.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use crate::application::{Application, Error, Result};
use crate::body::{Body, Bytestring, Kind};
use crate::environ::{Environ, Errors};
use crate::gateway::contained;
use crate::start_response::StartResponse;

/// An application that does not fail as long as nothing has been sent.
pub struct CatchErrors<A>(pub A);

const PAGE: &[u8] = b"<!DOCTYPE html>\n<title>500</title>\n<h1>Something went wrong here</h1>\n\
    <p>It has been written down. Please try again later.</p>\n";

impl<A: Application> Application for CatchErrors<A> {
    fn call(&self, mut environ: Environ, start_response: StartResponse) -> Result<Body> {
        let errors = SharedErrors::take(&mut environ);
        let later = Arc::clone(&start_response);
        match contained(|| self.0.call(environ, later)) {
            // All else is made already, or is a file, which the gateway may send as it likes.
            Ok(body) if !matches!(body.kind, Kind::Iterator(_)) => Ok(body),
            Ok(body) => Ok(Body::iterator(Guarded { body: Some(body), start_response, errors })),
            Err(error) => error_page(error, &start_response, errors).map(|page| [page].into()),
        }
    }
}

// ANCHOR: page
/// Begins the response anew, if that is possible still.
fn error_page(
    error: Error,
    start_response: &StartResponse,
    mut errors: SharedErrors,
) -> Result<&'static [u8]> {
    // A log that cannot be written must not hide the error.
    let _ = writeln!(errors, "the application failed: {error}").and_then(|()| errors.flush());
    let headers = [("Content-Type", "text/html; charset=utf-8")];
    start_response("500 Internal Server Error", &headers, Some(error))?;
    Ok(PAGE)
}
// ANCHOR_END: page

/// A body whose first error becomes its last block.
struct Guarded {
    body: Option<Body>,
    start_response: StartResponse,
    errors: SharedErrors,
}

impl Iterator for Guarded {
    type Item = Result<Bytestring>;

    fn next(&mut self) -> Option<Self::Item> {
        let body = self.body.as_mut()?;
        match contained(|| body.next().transpose()) {
            Ok(block) => block.map(Ok),
            Err(error) => {
                self.body = None;
                let page = error_page(error, &self.start_response, self.errors.clone());
                Some(page.map(Into::into))
            }
        }
    }
}

/// `wsgi.errors`, for the application and for us.
#[derive(Clone)]
struct SharedErrors(Arc<Mutex<Errors>>);

impl SharedErrors {
    fn take(environ: &mut Environ) -> Self {
        let own = std::mem::replace(&mut environ.wsgi.errors, Box::new(std::io::sink()));
        let shared = SharedErrors(Arc::new(Mutex::new(own)));
        environ.wsgi.errors = Box::new(shared.clone());
        shared
    }
}

impl Write for SharedErrors {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}
