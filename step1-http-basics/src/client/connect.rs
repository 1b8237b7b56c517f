//! From addresses to a connection.
//!
//! Chapter 1 · RFC 9293 §3.5
//!
//! *Strategy*: the addresses are tried one after the other, each with an equal
//! share of the time that is left, so that one that never answers does not use
//! it all up. Browsers begin with the second before the first has failed
//! ([RFC 8305](https://www.rfc-editor.org/rfc/rfc8305)); here it can be seen
//! which one failed.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::Settings;
use super::fault::{Fault, Phase};
use super::stage::{Event, Stage};

/// Connects to the first address that accepts.
pub(super) fn connect(
    addresses: &[SocketAddr],
    settings: &Settings,
    stage: &mut Stage<'_>,
) -> Result<TcpStream, Fault> {
    let deadline = Instant::now() + settings.timeout;
    let mut failures = Vec::new();
    for (&address, left_to_try) in addresses.iter().zip((1..=addresses.len()).rev()) {
        stage.begin(Phase::Connect)?;
        let time_left = deadline.saturating_duration_since(Instant::now());
        let share = time_left / u32::try_from(left_to_try).unwrap_or(u32::MAX);
        match connect_to(address, share.max(Duration::from_millis(1))) {
            Ok((stream, client)) => {
                stage.tell(Event::Connected { server: address, client })?;
                return Ok(stream);
            }
            Err(error) => {
                stage.tell(Event::NotConnected(address, &error))?;
                failures.push((address, error));
            }
        }
    }
    Err(Fault::NotConnected(failures))
}

fn connect_to(address: SocketAddr, patience: Duration) -> io::Result<(TcpStream, SocketAddr)> {
    let stream = TcpStream::connect_timeout(&address, patience)?;
    let client = stream.local_addr()?;
    // If nothing listens at a port of this machine, the system may choose that
    // very port for our own end, and TCP then connects us to ourselves.
    if client == address {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    // The last bytes of a request shall not wait for the first to be confirmed.
    let _ = stream.set_nodelay(true);
    Ok((stream, client))
}
