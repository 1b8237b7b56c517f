//! How an application begins a response.
//!
//! Chapter 5 · PEP 3333, *The `start_response()` Callable*, *The `write()` Callable*
//!
//! *Strategy*: as in Python these are things to be called, and to be called
//! only: whoever makes one (a gateway, a middleware) keeps what it knows inside
//! it. They are shared by reference count, so that an application may hand
//! them to a body that begins the response late, and a gateway may use one pair
//! for many requests.
//!
//! ```
//! use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
//!
//! fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
//!     let headers = [("Content-Type", "text/plain"), ("Cache-Control", "no-store")];
//!     let write = start_response("200 OK", &headers, None)?;
//!     write(b"first, ")?;                      // for old programs; see below
//!     Ok([b"second"].into())
//! }
//! ```

use std::sync::Arc;

use crate::application::{Error, Result};

// ANCHOR: types
/// `start_response(status, headers, exc_info)`.
///
/// The status is a code and a phrase, `"404 Not Found"`. Nothing is sent yet:
/// the gateway keeps both until the first block that is not empty. Without
/// `exc_info` it may be called once in a request. With it, which is the error
/// that the application has met, it replaces what was kept; if that has been
/// sent already it fails with that very error, and the application must let it
/// through (`?`).
pub type StartResponse =
    Arc<dyn Fn(&str, Headers<'_>, Option<ExcInfo>) -> Result<Write> + Send + Sync>;

/// Names and values of the header, as native strings: all characters Latin-1.
pub type Headers<'a> = &'a [(&'a str, &'a str)];

/// The error that made an application change its mind.
pub type ExcInfo = Error;

/// `write(block)`, for programs that push their content: the block is sent, or
/// on its way, when it returns. New programs return their content in the
/// [`Body`](crate::Body), and must not call `write` from within it.
pub type Write = Arc<dyn Fn(&[u8]) -> Result<()> + Send + Sync>;
// ANCHOR_END: types
