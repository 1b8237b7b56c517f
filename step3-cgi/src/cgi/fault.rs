//! What can go wrong with a program, and what the client is told about it.
//!
//! Chapter 4 · RFC 9110 §15.5, §15.6
//!
//! *Strategy*: the client learns that it was not its fault, and no more: how a
//! program failed is for the log, since it may tell an attacker something.

use std::fmt;
use std::io;
use std::process::ExitStatus;

use http::header::{CONNECTION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use step1_http_basics::handler::Response;
use step2_static_server::error_page;

use crate::response::ResponseError;
use crate::spool::Spool;

/// Why a program has no answer to a request.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There is no such program.
    NotFound,
    /// There is a file, and nobody may run it.
    NotExecutable,
    /// There is a folder of programs.
    Folder,
    /// A program that wants to speak HTTP itself: RFC 3875 §5.
    NonParsedHeader,
    /// As many programs run as may.
    Full,
    /// It could not be started.
    Start(io::Error),
    /// It could not be watched.
    Watch(io::Error),
    /// It wrote what is no response.
    Nonsense(ResponseError),
    /// It ended before its head did.
    Died(ExitStatus),
    /// It neither took input nor gave output for too long.
    TooSlow,
    /// The content of the request could not be had, or not be kept.
    Content(io::Error),
    /// Nobody waits for the answer.
    ClientGone,
}

impl Fault {
    // ANCHOR: status
    /// The status code to answer with.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotExecutable | Self::Folder => StatusCode::FORBIDDEN,
            Self::NonParsedHeader => StatusCode::NOT_IMPLEMENTED,
            Self::Start(error) if is_not_allowed(error) => StatusCode::FORBIDDEN,
            Self::Start(error) | Self::Watch(error) if is_short_of_something(error) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Start(_) | Self::Watch(_) | Self::Nonsense(_) | Self::Died(_) => {
                StatusCode::BAD_GATEWAY
            }
            Self::TooSlow => StatusCode::GATEWAY_TIMEOUT,
            Self::Full | Self::Content(_) | Self::ClientGone => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
    // ANCHOR_END: status

    /// The page for the client.
    pub(crate) fn response(&self) -> Response {
        let status = self.status();
        let response = error_page::page(status, self.sentence(status));
        match self {
            Self::ClientGone | Self::Content(_) => {
                response.field(CONNECTION, HeaderValue::from_static("close"))
            }
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                response.field(RETRY_AFTER, HeaderValue::from_static("1"))
            }
            _ => response,
        }
    }

    fn sentence(&self, status: StatusCode) -> &'static str {
        match self {
            Self::NotFound => "There is no program here.",
            Self::Folder => "This is a folder of programs. Ask for one of them.",
            Self::NonParsedHeader => "Programs whose name begins with nph- are not run here.",
            Self::Content(_) => "The content of the request could not be kept.",
            Self::ClientGone => "The client has gone.",
            Self::Nonsense(_) | Self::Died(_) => {
                "The program here did not give a proper answer. The log of the server says why."
            }
            Self::TooSlow => "The program here took too long.",
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                "Too many programs run here at the moment. Try again."
            }
            _ if status == StatusCode::FORBIDDEN => "The program here may not be run.",
            _ => "The program here could not be started. The log of the server says why.",
        }
    }

    /// Whether whoever runs the site should hear of it.
    pub(crate) fn is_for_the_log(&self) -> bool {
        match self {
            Self::NotFound | Self::Folder | Self::NonParsedHeader | Self::ClientGone => false,
            // What is wrong with the content is the client's matter; with the
            // disk that it is kept on, ours.
            Self::Content(error) => Spool::is_to_blame(error),
            _ => true,
        }
    }
}

fn is_not_allowed(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}

/// Descriptors, processes or memory: it may be different in a moment.
pub(super) fn is_short_of_something(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE | Errno::AGAIN | Errno::NOMEM | Errno::TXTBSY)
    )
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use io::ErrorKind::NotFound;
        match self {
            Self::NotFound => f.write_str("no such program"),
            Self::NotExecutable => f.write_str("not executable: set its x bit (chmod +x), or take it away from here"),
            Self::Folder => f.write_str("a folder, not a program"),
            Self::NonParsedHeader => f.write_str("programs that write the status line themselves (RFC 3875 §5) are not run"),
            Self::Full => f.write_str("as many programs run as --max-processes allows"),
            Self::Start(error) if error.kind() == NotFound => {
                f.write_str("cannot be started: what its first line names after #! is not there")
            }
            Self::Start(error) if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::NOEXEC) => {
                f.write_str("cannot be started: neither a binary of this machine, nor a script that begins with #!")
            }
            Self::Start(error) => write!(f, "cannot be started: {error}"),
            Self::Nonsense(error) => error.fmt(f),
            Self::Watch(error) => write!(f, "cannot be watched: {error}"),
            Self::Died(status) => write!(f, "ended before the head of its response did ({status})"),
            Self::TooSlow => f.write_str("neither took input nor gave output for as long as --timeout says"),
            Self::Content(error) => write!(f, "the content of the request: {error}"),
            Self::ClientGone => f.write_str("the client has gone"),
        }
    }
}

impl std::error::Error for Fault {}
