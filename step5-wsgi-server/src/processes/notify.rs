//! Tells systemd how the server is getting on.
//!
//! Chapter 6 · `sd_notify(3)`
//!
//! *Strategy*: the protocol is a datagram of lines `NAME=value` to the socket
//! that `NOTIFY_SOCKET` names, so no library is needed for it. Where nobody has
//! set that variable, nobody is told.

use std::ffi::OsStr;
use std::io;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process;

use rustix::time::{ClockId, clock_gettime};

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// It serves.
    Ready,
    /// It exchanges its workers; `Ready` follows.
    Reloading,
    /// It ends.
    Stopping,
}

/// Tells it, if somebody wants to know.
pub(crate) fn notify(news: News) {
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(&path, &text(news)) {
        log::warn!("cannot notify {}: {error}", path.display());
    }
}

fn text(news: News) -> String {
    match news {
        News::Ready => format!("READY=1\nMAINPID={}\nSTATUS=serving\n", process::id()),
        News::Reloading => {
            let now = clock_gettime(ClockId::Monotonic);
            let micros = now.tv_sec * 1_000_000 + now.tv_nsec / 1000;
            format!("RELOADING=1\nMONOTONIC_USEC={micros}\nSTATUS=exchanging the workers\n")
        }
        News::Stopping => "STOPPING=1\nSTATUS=finishing what is under way\n".to_owned(),
    }
}

fn send(path: &OsStr, text: &str) -> io::Result<()> {
    let address = address(path)?;
    UnixDatagram::unbound()?.send_to_addr(text.as_bytes(), &address)?;
    Ok(())
}

/// A name that begins with @ is not a file: an abstract address.
#[cfg(target_os = "linux")]
fn address(path: &OsStr) -> io::Result<SocketAddr> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::ffi::OsStrExt;

    match path.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(path),
    }
}

#[cfg(not(target_os = "linux"))]
fn address(path: &OsStr) -> io::Result<SocketAddr> {
    SocketAddr::from_pathname(path)
}
