//! Why a file could not be opened, and what a client hears of it.
//!
//! Chapter 3 · RFC 9110 §15.5
//!
//! *Strategy*: the system says more than a client may know or can use. A name
//! that cannot be there is 404 like one that is not, what must not be opened is
//! 403, and what is the server's own trouble is 503 and stands in its log.

use std::io::{self, ErrorKind};

use step1_http_basics::handler::Response;

use crate::error_page;

/// The answer for a path at which nothing could be opened.
pub(crate) fn refuse(path: &str, error: &io::Error) -> Response {
    use ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    match error.kind() {
        NotFound | NotADirectory | InvalidFilename => {
            error_page::not_found(path, "there is no such file")
        }
        PermissionDenied => error_page::forbidden(path),
        _ if is_a_socket(error) => error_page::forbidden(path),
        _ if is_a_loop(error) => {
            error_page::not_found(path, "a symbolic link that leads to itself")
        }
        _ => {
            log::error!("cannot open {path:?}: {error}");
            error_page::unavailable(path)
        }
    }
}

fn is_a_loop(error: &io::Error) -> bool {
    #[cfg(unix)]
    return rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP);
    #[cfg(not(unix))]
    false
}

/// What has a name and cannot be opened at all: a socket, or a device that is
/// not there.
fn is_a_socket(error: &io::Error) -> bool {
    #[cfg(unix)]
    return matches!(
        rustix::io::Errno::from_io_error(error),
        Some(rustix::io::Errno::NXIO | rustix::io::Errno::NODEV)
    );
    #[cfg(not(unix))]
    false
}

/// Whether closing other files would help.
pub(crate) fn is_out_of_descriptors(error: &io::Error) -> bool {
    #[cfg(unix)]
    return matches!(
        rustix::io::Errno::from_io_error(error),
        Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE)
    );
    #[cfg(not(unix))]
    false
}
