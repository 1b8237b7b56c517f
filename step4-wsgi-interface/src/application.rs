//! An application is a function.
//!
//! Chapter 5 · PEP 3333, *The Application/Framework Side*
//!
//! *Strategy*: a gateway calls it with what it knows of a request (the
//! [`Environ`]) and with a function that begins the response (the
//! [`StartResponse`]). It returns the content of the response, block by block
//! (the [`Body`]). Nothing else passes between the two. So any application runs
//! under any gateway, and what wraps an application is one again.
//!
//! ```
//! use step4_wsgi_interface::{Application, Body, Environ, Result, StartResponse};
//!
//! fn hello(_environ: Environ, start_response: StartResponse) -> Result<Body> {
//!     start_response("200 OK", &[("Content-Type", "text/html")], None)?;
//!     Ok([b"<h1>Hello!</h1>"].into())
//! }
//! fn takes_an_application(_: &impl Application) {}
//! takes_an_application(&hello);
//! ```

use crate::body::Body;
use crate::environ::Environ;
use crate::start_response::StartResponse;

/// What an application may fail with: any error, as Python has exceptions.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What an application, and every function that it calls, returns.
pub type Result<T> = std::result::Result<T, Error>;

// ANCHOR: application
/// What answers calls. Every function of this form is one, closures too.
///
/// A gateway calls it again for every request, so what it keeps between calls
/// is behind `&self`. A gateway that calls it from several threads asks for
/// `Send + Sync` besides.
pub trait Application {
    /// Answers one request.
    ///
    /// # Errors
    ///
    /// Whatever went wrong. A gateway that has sent nothing yet answers with a
    /// plain 500; one that has must cut the response short.
    fn call(&self, environ: Environ, start_response: StartResponse) -> Result<Body>;
}

impl<F> Application for F
where
    F: Fn(Environ, StartResponse) -> Result<Body>,
{
    fn call(&self, environ: Environ, start_response: StartResponse) -> Result<Body> {
        self(environ, start_response)
    }
}
// ANCHOR_END: application

impl Application for Box<dyn Application + Send + Sync> {
    fn call(&self, environ: Environ, start_response: StartResponse) -> Result<Body> {
        (**self).call(environ, start_response)
    }
}
