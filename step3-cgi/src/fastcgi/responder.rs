//! The application's side: a plain function becomes a FastCGI application.
//!
//! Chapter 4 · FastCGI specification §2, §3, §6.2
//!
//! *Strategy*: the process answers one request at a time, but holds many
//! connections: it waits for all of them at once, so a server that keeps its
//! connection and says nothing does not keep the others out. A new
//! connection goes to a process of the pool that holds none, if there is one:
//! who holds some already lets the others come first, for a moment.
//!
//! ```text
//!  listen ──► hold connections ──► a record has come ──► one whole request ──┐
//!                    ▲                                                       │
//!                    └────────────── FCGI_KEEP_CONN ─────────────────────────┤
//!                                                              close ◄───────┘
//! ```
//!
//! ```no_run
//! use std::io;
//! use step3_cgi::fastcgi::responder::{Listener, Responder};
//! use step3_cgi::program::Call;
//!
//! fn hello(call: &mut Call<'_>) -> io::Result<()> {
//!     let who = call.variables.text("REMOTE_ADDR");
//!     write!(call.stdout, "Content-Type: text/plain\n\nhello, {who}\n")
//! }
//!
//! let responder = Responder::new(Listener::inherited()?)?;
//! responder.until_signal(|| responder.serve(&hello))??;
//! # Ok::<(), io::Error>(())
//! ```

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::net::{Shutdown, shutdown};
use step1_http_basics::serve::AcceptError;

use crate::poll::poll;
use crate::program::Call;
use connection::{Connection, Then};
pub use listener::Listener;

mod connection;
mod exchange;
mod listener;
mod management;

/// What answers requests: every function of a [`Call`] does, in a process of its
/// own (CGI) or here. Its stdout begins with the fields of a CGI response.
///
/// When it fails, the error goes to stderr, and the exit status of the request
/// (`appStatus`) is 1 instead of 0.
pub type Application<'a> = dyn Fn(&mut Call<'_>) -> io::Result<()> + Sync + 'a;

/// How much a server may send, and how slowly.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of all variables together; with more, the connection is closed.
    pub params: usize,
    /// From the beginning of a request to the end of its variables.
    pub params_deadline: Duration,
    /// The longest wait for the next piece of stdin, and for the other side to
    /// take the next piece of output.
    pub stall: Duration,
    /// A connection without a request is closed after this time.
    pub idle: Duration,
    /// Connections that are held at a time; one more takes the place of the
    /// one that has been idle longest.
    pub connections: usize,
    /// While it holds connections, those that hold none have a newcomer first, for
    /// so long. Whoever accepts at a socket alone need leave it to nobody.
    pub modesty: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            params: 256 * 1024,
            params_deadline: Duration::from_secs(10),
            stall: Duration::from_secs(60),
            idle: Duration::from_secs(120),
            connections: 100,
            modesty: MODESTY,
        }
    }
}

/// More connections than so many never wait in a kernel's queue, unless somebody
/// has raised its limit (Linux: `net.core.somaxconn`).
const QUEUE: usize = 4096;

/// A process that holds connections lets those that hold none have a new one
/// first, for so long.
const MODESTY: Duration = Duration::from_millis(5);

/// How long nobody is accepted when there is no descriptor left for it.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves an application to whoever connects.
#[derive(Debug)]
pub struct Responder {
    listener: Listener,
    limits: Limits,
    /// Both ends of a connection to ourselves: when one is shut down, the
    /// other one wakes whoever waits.
    stop: (UnixStream, UnixStream),
}

impl Responder {
    /// Serves at this socket.
    ///
    /// # Errors
    /// When there are no descriptors left.
    pub fn new(listener: Listener) -> io::Result<Self> {
        Ok(Responder { listener, limits: Limits::default(), stop: UnixStream::pair()? })
    }

    /// The same with other limits.
    #[must_use]
    pub fn with(self, limits: Limits) -> Self {
        Responder { limits, ..self }
    }

    /// Where it listens.
    #[must_use]
    pub fn listener(&self) -> &Listener {
        &self.listener
    }

    // ANCHOR: serve
    /// Answers requests, one at a time, until [`stop`](Self::stop). Several
    /// threads may call it: then so many requests are answered at a time.
    ///
    /// # Errors
    /// When the listening socket cannot be used any more.
    pub fn serve(&self, application: &Application<'_>) -> io::Result<()> {
        let mut held: Vec<Connection> = Vec::new();
        let mut newcomer: Option<Instant> = None;
        loop {
            let waited = newcomer.and_then(|since| Instant::now().checked_duration_since(since));
            // Somebody who holds none may want it; but it must not wait long.
            if waited.is_some_and(|waited| held.is_empty() || waited >= self.limits.modesty) {
                // With no descriptor for it, it is taken to come a little later.
                let lacks = self.accept(&mut held)? == Err(AcceptError::Lack);
                newcomer = lacks.then(|| Instant::now() + PAUSE);
            }
            let ready = self.wait(&held, newcomer)?;
            if ready.stop {
                return self.answer_the_last(held, application);
            }
            if ready.listener {
                newcomer = Some(Instant::now());
            }
            if let Some(at) = ready.connection {
                self.attend(&mut held, at, application);
            }
            held.retain(|connection| connection.idle_since.elapsed() < self.limits.idle);
        }
    }
    // ANCHOR_END: serve

    /// Requests that have come before a stop are answered; nobody is waited for.
    /// Who comes meanwhile may be taken for one of them, but that has an end.
    fn answer_the_last(
        &self,
        mut held: Vec<Connection>,
        application: &Application<'_>,
    ) -> io::Result<()> {
        let mut waiting = QUEUE;
        loop {
            // One more than may be held would cost another its place.
            while waiting > 0
                && held.len() < self.limits.connections
                && self.accept(&mut held)?.is_ok()
            {
                waiting -= 1;
            }
            if held.is_empty() {
                return Ok(());
            }
            for mut connection in held.drain(..) {
                connection.attend(application);
            }
        }
    }

    /// Ends [`serve`](Self::serve), after the requests that have come.
    pub fn stop(&self) {
        let _ = shutdown(&self.stop.0, Shutdown::Both);
    }

    /// Calls `serve`, and stops at SIGTERM or SIGINT.
    ///
    /// # Errors
    /// When the signals cannot be watched.
    pub fn until_signal<T>(&self, serve: impl FnOnce() -> T) -> io::Result<T> {
        use signal_hook::consts::{SIGINT, SIGTERM};

        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
        let handle = signals.handle();
        thread::scope(|scope| {
            scope.spawn(move || {
                if signals.forever().next().is_some() {
                    self.stop();
                }
            });
            let served = serve();
            handle.close();
            Ok(served)
        })
    }

    /// One connection has something to say: its request is answered, and it
    /// goes to the end of the line.
    fn attend(&self, held: &mut Vec<Connection>, at: usize, application: &Application<'_>) {
        let mut connection = held.remove(at);
        if connection.attend(application) == Then::Keep {
            connection.idle_since = Instant::now();
            held.push(connection);
        }
    }

    /// Takes a connection that waits, if no other process was faster, and says
    /// why it did not.
    fn accept(&self, held: &mut Vec<Connection>) -> io::Result<Result<(), AcceptError>> {
        let fd = match self.listener.accept()? {
            Ok(fd) => fd,
            Err(none) => return Ok(Err(none)),
        };
        if held.len() >= self.limits.connections && !held.is_empty() {
            // Whoever was answered last stands last.
            held.remove(0);
        }
        match Connection::new(fd, self.limits) {
            Ok(connection) => held.push(connection),
            Err(error) => log::debug!("a connection was lost before its first request: {error}"),
        }
        Ok(Ok(()))
    }

    /// Waits until there is something to do. While a newcomer is known of, it
    /// is not told of again, and the wait is short.
    fn wait(&self, held: &[Connection], newcomer: Option<Instant>) -> io::Result<Ready> {
        let patience = match newcomer {
            Some(since) => (since + self.limits.modesty).saturating_duration_since(Instant::now()),
            None => self.limits.idle,
        };
        let mut waits_for = Vec::with_capacity(held.len() + 2);
        waits_for.push(PollFd::from_borrowed_fd(self.stop.1.as_fd(), PollFlags::IN));
        waits_for
            .extend(held.iter().map(|held| PollFd::from_borrowed_fd(held.as_fd(), PollFlags::IN)));
        if newcomer.is_none() {
            waits_for.push(PollFd::from_borrowed_fd(self.listener.as_fd(), PollFlags::IN));
        }
        poll(&mut waits_for, patience)?;
        let is_ready = |waited: &PollFd<'_>| !waited.revents().is_empty();
        let (connections, listener) = waits_for[1..].split_at(held.len());
        Ok(Ready {
            stop: is_ready(&waits_for[0]),
            connection: connections.iter().position(is_ready),
            listener: listener.iter().any(is_ready),
        })
    }
}

/// What can be done without waiting.
struct Ready {
    stop: bool,
    /// The first of the held connections that has something to say.
    connection: Option<usize>,
    listener: bool,
}
