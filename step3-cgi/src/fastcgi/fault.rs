//! Why a FastCGI application did not answer, and what the client is told.
//!
//! Chapter 4 · RFC 9110 §15.6
//!
//! *Strategy*: the log is told what happened, with the address; the client is
//! told which of three things it was: nobody answered properly (502), there are
//! too many requests (503), it took too long (504).

use std::fmt;
use std::io;

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use step1_http_basics::handler::Response;
use step2_static_server::error_page;

/// Why there is no answer.
#[derive(Debug)]
pub enum Fault {
    /// Nobody listens at the address.
    Down(String),
    /// There are more requests than connections, for too long.
    Overloaded(String),
    /// Nothing came in time.
    TooSlow(String),
    /// What came is no answer.
    Nonsense(String),
    /// The connection ended before the answer did.
    BrokeOff(io::Error),
    /// Content or output could not be kept in a temporary file.
    NoRoom(io::Error),
    /// The client has gone, or its content was cut off: nobody needs an answer.
    ClientGone,
}

impl Fault {
    /// The address is one, and nobody listens at it.
    #[must_use]
    pub fn nobody_listens() -> Self {
        Self::Down("nobody listens there: is the application running?".to_owned())
    }

    /// The status code to answer with.
    fn status(&self) -> StatusCode {
        match self {
            Self::Down(_) | Self::Nonsense(_) | Self::BrokeOff(_) => StatusCode::BAD_GATEWAY,
            Self::Overloaded(_) | Self::NoRoom(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooSlow(_) => StatusCode::GATEWAY_TIMEOUT,
            // Nobody will see it.
            Self::ClientGone => StatusCode::BAD_REQUEST,
        }
    }

    /// The page for the client.
    #[must_use]
    pub fn response(&self) -> Response {
        let page = error_page::page(self.status(), self.sentence());
        match self {
            Self::Overloaded(_) => page.field(RETRY_AFTER, HeaderValue::from_static("1")),
            _ => page,
        }
    }

    /// What the client is told.
    fn sentence(&self) -> &'static str {
        match self {
            Self::Down(_) => "The application that makes this page is not running.",
            Self::Overloaded(_) => "The application that makes this page has too much to do.",
            Self::TooSlow(_) => "The application that makes this page took too long.",
            Self::Nonsense(_) => "The application that makes this page said what is no response.",
            Self::BrokeOff(_) => "The application that makes this page broke off.",
            Self::NoRoom(_) => "What was sent could not be kept: the server has no room.",
            Self::ClientGone => "The request was cut off.",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Down(why) | Self::Overloaded(why) | Self::TooSlow(why) | Self::Nonsense(why) => {
                f.write_str(why)
            }
            Self::BrokeOff(error) => write!(f, "the connection broke off: {error}"),
            Self::NoRoom(error) => error.fmt(f),
            Self::ClientGone => f.write_str("the client has gone"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::BrokeOff(error)
    }
}
