//! From the host of a URL to addresses.
//!
//! Chapter 1 · RFC 1034 §5, RFC 6761 §6
//!
//! *Strategy*: the system is asked, as a browser asks it: its list of hosts
//! first, then the domain name system. The call cannot be given a deadline nor
//! be ended, so it runs on a thread that we stop waiting for in time. It is
//! the one thread here that nobody joins: it ends when the system gives up.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::Settings;
use super::fault::{Fault, Phase};
use super::host::Host;
use super::stage::{Event, Stage};
use super::url::Url;

/// Finds the addresses of a name, with this port.
pub type Resolver = Arc<dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync>;

/// Asks the system.
///
/// # Errors
/// When it knows no address, or nobody answers it.
pub fn ask_the_system(name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    // Nobody owns such a name, so nobody need be asked: RFC 6761 §6.4.
    if name.trim_end_matches('.').rsplit('.').next() == Some("invalid") {
        let why = "names that end in .invalid have none (RFC 6761 §6.4)";
        return Err(io::Error::new(ErrorKind::NotFound, why));
    }
    Ok((name, port).to_socket_addrs()?.collect())
}

/// The addresses of a URL's host, in the order in which they are to be tried.
pub(super) fn resolve(
    url: &Url,
    settings: &Settings,
    stage: &mut Stage<'_>,
) -> Result<Vec<SocketAddr>, Fault> {
    stage.begin(Phase::Resolve)?;
    let addresses = match url.host() {
        Host::Address(address) => vec![(*address, url.port()).into()],
        Host::Name(name) => look_up(name, url.port(), settings)?,
    };
    stage.tell(Event::Resolved { host: url.host(), addresses: &addresses })?;
    Ok(addresses)
}

fn look_up(name: &str, port: u16, settings: &Settings) -> Result<Vec<SocketAddr>, Fault> {
    let no_address = |error| Fault::NoAddress { host: name.to_owned(), error };
    let (answer, answers) = mpsc::channel();
    let (resolver, asked) = (Arc::clone(&settings.resolver), name.to_owned());
    thread::Builder::new()
        .name("resolver".to_owned())
        // If nobody waits any more, the answer is for nobody.
        .spawn(move || drop(answer.send(resolver(&asked, port))))
        .map_err(Fault::Io)?;
    match answers.recv_timeout(settings.timeout) {
        Ok(Ok(addresses)) if addresses.is_empty() => {
            Err(no_address(io::Error::new(ErrorKind::NotFound, "the name exists, without one")))
        }
        Ok(found) => found.map_err(no_address),
        Err(RecvTimeoutError::Timeout) => Err(Fault::TimedOut(settings.timeout)),
        Err(RecvTimeoutError::Disconnected) => {
            Err(no_address(io::Error::other("the resolver failed")))
        }
    }
}
