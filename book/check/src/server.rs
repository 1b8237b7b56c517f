//! A server that runs in the background while a page is replayed or a weakness is probed.
//!
//! *Strategy*: the server is told a port that nobody uses, and is ready when it has printed a URL
//! with that port. The port has four digits, as 8000 has: then every byte count in a transcript is
//! the one that a reader sees. (Port 0 gives five digits, and a `Host` field one byte longer.)
//! Ports below 10,000 are also not given to outgoing connections, so none is lost to those.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use crate::captured::{Captured, Wait};
use crate::process;
use crate::sandbox::Sandbox;

/// How long a server may take to print its URL, and to stop, unless a block says otherwise.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    output: Arc<Captured>,
    reading: Option<JoinHandle<()>>,
    deadline: Duration,
}

/// A server's program, and how it is started.
#[derive(Clone, Debug)]
pub struct Launch<'a> {
    /// The executable file.
    pub program: &'a Path,
    /// Its arguments, without the port.
    pub args: &'a [String],
    /// How it is told its port.
    pub port: PortArgument,
    /// How long it may take to print its URL, and to stop.
    pub deadline: Duration,
}

/// Why a server is of no use.
#[derive(Debug, PartialEq, Eq)]
pub enum Error {
    /// It could not be started at all.
    Start(String),
    /// It ended, and printed this, before it had printed its URL.
    Ended(String),
    /// It printed this, but no URL with its port, in time.
    NoUrl(Duration, String),
    /// It panicked: what it printed.
    Panicked(String),
    /// SIGINT did not stop it in time.
    DoesNotStop(Duration),
    /// It ended on SIGINT, but not with status 0.
    BadEnd(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Start(error) => write!(f, "the server cannot be started: {error}"),
            Self::Ended(output) => {
                write!(f, "the server ended before it printed its URL; it printed {output:?}")
            }
            Self::NoUrl(time, output) => {
                write!(
                    f,
                    "the server printed no URL with its port in {time:?}; it printed {output:?}"
                )
            }
            Self::Panicked(output) => write!(f, "the server panicked:\n{output}"),
            Self::DoesNotStop(time) => {
                write!(f, "the server did not stop within {time:?} of SIGINT")
            }
            Self::BadEnd(status) => {
                write!(f, "the server ended with {status} on SIGINT, not with exit status 0")
            }
        }
    }
}

impl std::error::Error for Error {}

/// How a program is told its port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortArgument {
    /// `--port N`, as the steps take it.
    Flag,
    /// `127.0.0.1:N` as an argument, as the small examples take it.
    Address,
}

impl Server {
    /// Starts `program` in `sandbox` on a free port.
    ///
    /// # Errors
    /// When it does not print its URL in time, or ends before.
    pub fn start(sandbox: &Sandbox, launch: &Launch<'_>) -> Result<Self, Error> {
        loop {
            let port = free_port().map_err(|e| Error::Start(e.to_string()))?;
            match Self::start_on(sandbox, launch, port) {
                // Somebody else took the port in between, and may have left it again since.
                Err(Error::Ended(output)) if output.contains("in use") => {}
                Err(Error::Ended(_)) if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() => {
                }
                result => return result,
            }
        }
    }

    fn start_on(sandbox: &Sandbox, launch: &Launch<'_>, port: u16) -> Result<Self, Error> {
        let start =
            |error: std::io::Error| Error::Start(format!("{}: {error}", launch.program.display()));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let (reader, writer) = std::io::pipe().map_err(start)?;
        let mut command = sandbox.command(launch.program);
        command.args(launch.args).stderr(writer.try_clone().map_err(start)?).stdout(writer);
        match launch.port {
            PortArgument::Flag => command.args(["--port", &port.to_string()]),
            PortArgument::Address => command.arg(address.to_string()),
        };
        let child = command.spawn().map_err(start)?;
        drop(command);
        let output = Arc::new(Captured::default());
        let reading = Some(std::thread::spawn({
            let output = Arc::clone(&output);
            move || output.read_from(reader)
        }));
        let server = Self { child, address, output, reading, deadline: launch.deadline };
        let url = format!(":{port}");
        let is_ready =
            |text: &str| text.lines().any(|line| line.contains("http://") && line.contains(&url));
        match server.output.wait_for(server.deadline, |text| is_ready(text) && text.ends_with('\n'))
        {
            Wait::Seen => Ok(server),
            Wait::Ended => Err(Error::Ended(server.printed())),
            Wait::Expired => Err(Error::NoUrl(server.deadline, server.printed())),
        }
    }

    /// All that it has printed.
    #[must_use]
    pub fn printed(&self) -> String {
        self.output.text()
    }

    /// Waits until it has printed `lines` lines, or until the deadline, and gives what there is.
    #[must_use]
    pub fn printed_lines(&self, lines: usize, deadline: Duration) -> String {
        self.output
            .wait_for(deadline, |text| text.lines().count() >= lines && text.ends_with('\n'));
        self.printed()
    }

    /// Whether it is still running.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Whether it ends by itself within `deadline`.
    pub fn has_ended_within(&mut self, deadline: Duration) -> bool {
        process::wait_until(&mut self.child, Instant::now() + deadline).is_some()
    }

    /// The process id, for those who look at what the process holds.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Stops it with SIGINT, as Ctrl-C does, and gives its exit status.
    ///
    /// # Errors
    /// When it has panicked, or does not stop in time.
    pub fn stop(mut self) -> Result<ExitStatus, Error> {
        if let Some(pid) = process::pid(&self.child) {
            // It may have ended by itself, which the status tells.
            let _ = kill_process(pid, Signal::INT);
        }
        let ended = process::wait_until(&mut self.child, Instant::now() + self.deadline);
        let status = ended.ok_or(Error::DoesNotStop(self.deadline))?;
        self.output.wait_for(self.deadline, |_| false);
        match self.printed() {
            text if text.contains("panicked at") => Err(Error::Panicked(text)),
            _ => Ok(status),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // A child of the server may still hold its output: it is not waited for.
        let all_is_read = matches!(self.output.wait_for(self.deadline, |_| false), Wait::Ended);
        if let Some(reading) = self.reading.take().filter(|_| all_is_read) {
            let _ = reading.join();
        }
    }
}

/// A port of four digits on which nobody listens now; never the same twice in a row.
///
/// # Errors
/// When there is none.
pub fn free_port() -> std::io::Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test programs that run at the same time begin at different places.
    let seed = u16::try_from(std::process::id() % 6_000).unwrap_or(0);
    (0..6_000)
        .map(|_| 2_000 + seed.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 6_000)
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .ok_or_else(|| std::io::Error::other("no port between 2000 and 7999 is free"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "echo Open http://127.0.0.1:$2/";
    /// Until a signal comes; the child does not hold the output.
    const WAIT: &str = "sleep 40 >/dev/null 2>&1 & wait";

    /// Starts a shell script as a server: it gets `--port N`.
    fn start(script: &str) -> (Sandbox, Result<Server, Error>) {
        start_within(Duration::from_secs(30), script)
    }

    fn start_within(deadline: Duration, script: &str) -> (Sandbox, Result<Server, Error>) {
        let sandbox = Sandbox::new(Path::new(""), []).unwrap();
        let args = ["-c", script, "server"].map(str::to_owned);
        let launch = Launch {
            program: Path::new("/bin/sh"),
            args: &args,
            port: PortArgument::Flag,
            deadline,
        };
        let server = Server::start(&sandbox, &launch);
        (sandbox, server)
    }

    #[test]
    fn a_server_is_ready_when_it_has_printed_its_url() {
        let (_sandbox, server) = start(&format!("trap 'exit 3' INT; {URL}; {WAIT}"));
        let server = server.unwrap();
        assert_eq!(server.printed(), format!("Open http://{}/\n", server.address));
        assert_eq!(server.stop().unwrap().code(), Some(3));
    }

    #[test]
    fn a_server_that_is_of_no_use_is_named_so() {
        let (_sandbox, server) = start("echo no; exit 1");
        assert_eq!(server.err(), Some(Error::Ended("no\n".to_owned())));
        let wrong = "echo Open http://127.0.0.1:1/; exec sleep 40";
        let (_sandbox, server) = start_within(Duration::from_secs(3), wrong);
        assert!(matches!(server.err(), Some(Error::NoUrl(_, printed)) if printed.contains(":1/")));
        let (_sandbox, server) = start(&format!("trap '' INT; {URL}; exec sleep 40"));
        let mut server = server.unwrap();
        server.deadline = Duration::from_secs(1);
        assert_eq!(server.stop().err(), Some(Error::DoesNotStop(Duration::from_secs(1))));
        let panics = "trap 'echo thread panicked at x; exit' INT";
        let (_sandbox, server) = start(&format!("{panics}; {URL}; {WAIT}"));
        assert!(matches!(server.unwrap().stop().err(), Some(Error::Panicked(_))));
    }

    #[test]
    fn ports_have_four_digits_and_differ() {
        let ports = [free_port().unwrap(), free_port().unwrap()];
        assert!(ports.iter().all(|port| (1000..10_000).contains(port)), "{ports:?}");
        assert_ne!(ports[0], ports[1]);
    }
}
