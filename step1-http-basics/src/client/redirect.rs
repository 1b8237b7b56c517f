//! Where a redirect leads, and with what method.
//!
//! Chapter 2 · RFC 9110 §15.4
//!
//! *Strategy*: a redirect is an answer, not an order. So this is a pure
//! function from a request and its response to the next request; whether to
//! send it is up to the caller.
//!
//! | status | POST becomes | any other method |
//! |---|---|---|
//! | 301, 302 | GET, as browsers do | stays |
//! | 303 | GET | GET; HEAD stays |
//! | 307, 308 | stays, and its content is sent again | stays |

use std::fmt::{self, Write};

use http::header::{HeaderName, HeaderValue, LOCATION};
use http::{Method, StatusCode};

use super::request::Request;
use super::url::{Url, UrlError};
use crate::parse::ResponseHead;

/// The next request after a redirect.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// What to send.
    pub request: Request,
    /// The fields of the first request that are not sent again: they belong to
    /// the first server, or to content that is no longer sent.
    pub left_out: Vec<HeaderName>,
}

/// Why a redirect is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectError {
    /// It leads to a URL that this client cannot ask for.
    Location {
        /// The value of the field.
        value: String,
        /// What is wrong with it.
        error: UrlError,
    },
    /// Two `Location` fields.
    SeveralLocations,
    /// The same request for a second time.
    Loop(Url),
    /// More redirects than the limit.
    TooMany(usize),
}

// ANCHOR: next
/// The request that a response redirects to; `None` if it does not redirect.
///
/// # Errors
/// When it says where to, but not to a URL that this client can ask for.
pub fn next(request: &Request, head: &ResponseHead) -> Result<Option<Redirect>, RedirectError> {
    let method = match head.status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND if *request.method() == Method::POST => {
            Method::GET
        }
        StatusCode::SEE_OTHER if *request.method() != Method::HEAD => Method::GET,
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => request.method().clone(),
        _ => return Ok(None),
    };
    let mut locations = head.fields.get_all(LOCATION).iter();
    let location = match (locations.next(), locations.next()) {
        (None, _) => return Ok(None),
        (Some(location), None) => as_text(location),
        (Some(_), Some(_)) => return Err(RedirectError::SeveralLocations),
    };
    let url = request.url().join(&location);
    let url = url.map_err(|error| RedirectError::Location { value: location, error })?;
    let (request, left_out) = request.redirected(method, url);
    Ok(Some(Redirect { request, left_out }))
}
// ANCHOR_END: next

/// `Location` should be ASCII; bytes beyond it are taken as a path's are.
fn as_text(value: &HeaderValue) -> String {
    let mut text = String::new();
    for &byte in value.as_bytes() {
        match byte {
            0x80.. => {
                // Writing to a String cannot fail.
                let _ = write!(text, "%{byte:02X}");
            }
            ascii => text.push(char::from(ascii)),
        }
    }
    text
}

impl RedirectError {
    /// What to try, if there is something.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Location { error, .. } => Some(error.advice()),
            Self::Loop(_) | Self::TooMany(_) => Some(
                "look at each answer without --follow; the server may wait for a cookie".to_owned(),
            ),
            Self::SeveralLocations => None,
        }
    }
}

impl fmt::Display for RedirectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location { value, error } => {
                write!(f, "the server sends us to {}, but {error}", value.escape_debug())
            }
            Self::SeveralLocations => f.write_str(
                "two Location fields: the server sends us to two places (RFC 9110 §10.2.2)",
            ),
            Self::Loop(url) => write!(f, "a loop: {url} was asked for already (RFC 9110 §15.4)"),
            Self::TooMany(limit) => {
                write!(f, "more than {limit} redirects in a row (RFC 9110 §15.4)")
            }
        }
    }
}

impl std::error::Error for RedirectError {}
