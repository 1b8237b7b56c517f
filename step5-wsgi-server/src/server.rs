//! The server as a whole: what is served, where, and how.
//!
//! Chapter 6 · PEP 3333, *The Server/Gateway Side*
//!
//! *Strategy*: the listening socket is made first, so that what is wrong with
//! the address is said before anything else happens. Then `serve_forever` puts
//! the loop and the threads together and lets them run until somebody stops
//! them. When it returns, no thread is left.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use http::HeaderValue;
use rustix::process::{Resource, getrlimit, setrlimit};
use step1_http_basics::connection::Exchange;
use step1_http_basics::handler::Handler;
use step1_http_basics::limits::Limits;
use step4_wsgi_interface::Application;

use crate::event_loop::{EventLoop, Service};
use crate::forwarded::Forwarded;
use crate::gateway::{Facts, Gateway};
use crate::listen::{Address, Listener};
use crate::own_pages::{OwnPages, Paths};
use crate::processes::Worker;
use crate::relay::Relays;
use crate::responder::{Handles, Responder};
use crate::shutdown::Stop;
use crate::workers::Pool;

/// Descriptors that no connection has: the poller, the log, what else is open.
const OTHERS: u64 = 64;

/// How the server serves.
#[derive(Debug, Clone)]
pub struct Options {
    /// 1: the application runs on the loop's own thread. More: in a pool of so
    /// many threads, so that one that waits keeps nobody else waiting.
    pub threads: usize,
    /// The most requests that wait for a thread; others are answered 503.
    pub queue: usize,
    /// The most connections at a time; fewer if the system allows only fewer.
    pub connections: usize,
    /// How long a request may wait for its answer from a pool.
    pub timeout: Duration,
    /// What is under way when the server is stopped gets so long to finish.
    pub grace: Duration,
    /// Whether other processes serve the same application.
    pub several: bool,
    /// Which proxies are believed, and what.
    pub forwarded: Forwarded,
    /// Where the pages are that the server answers itself.
    pub own_pages: Paths,
    /// How much may come, and how slowly.
    pub limits: Limits,
    /// What the `Server` field says.
    pub server: HeaderValue,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            threads: 1,
            queue: 256,
            connections: 10_000,
            timeout: Duration::from_secs(30),
            grace: Duration::from_secs(30),
            several: false,
            forwarded: Forwarded::default(),
            own_pages: Paths::default(),
            limits: Limits::default(),
            server: HeaderValue::from_static(concat!(
                "step5-wsgi-server/",
                env!("CARGO_PKG_VERSION")
            )),
        }
    }
}

impl Options {
    /// What an application is told of a server with these options.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let software = self.server.to_str().unwrap_or_default().to_owned();
        Facts { software, multithread: self.threads > 1, multiprocess: self.several }
    }
}

/// A server of this application, as Python's `wsgiref.simple_server` has it.
/// `address` is `HOST:PORT` or `unix:PATH`; `serve_forever` serves.
///
/// ```no_run
/// use step4_wsgi_interface::applications::hello;
/// use step5_wsgi_server::server::make_server;
///
/// make_server("127.0.0.1:8000", hello::application)?.serve_forever()?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// When `address` is none, or cannot be had.
pub fn make_server<A>(address: &str, application: A) -> io::Result<Server<'static, Gateway<A>>>
where
    A: Application + Send + Sync,
{
    let address: Address = address.parse().map_err(io::Error::other)?;
    let gateway = Gateway::new(application, Options::default().facts());
    Ok(Server::new(Listener::bind(&address)?, gateway))
}

/// A server that listens, and serves when it is told to.
pub struct Server<'s, R> {
    listener: Listener,
    address: Option<SocketAddr>,
    responder: R,
    options: Options,
    observer: Option<&'s (dyn Fn(&Exchange<'_>) + Sync)>,
    record: bool,
    worker: Option<&'s Worker>,
    relays: Relays,
    stop: Stop,
}

impl<'s> Server<'s, Handles<'s>> {
    /// Listens at `address`, to serve a handler of the earlier steps.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn for_handler(address: &Address, handler: &'s dyn Handler) -> io::Result<Self> {
        Ok(Self::new(Listener::bind(address)?, Handles(handler)))
    }
}

impl<'s, R: Responder> Server<'s, R> {
    /// A server of this listening socket.
    pub fn new(listener: Listener, responder: R) -> Self {
        Server {
            address: listener.address(),
            listener,
            responder,
            options: Options::default(),
            observer: None,
            record: false,
            worker: None,
            relays: Relays::default(),
            stop: Stop::default(),
        }
    }

    /// The same server with these options.
    #[must_use]
    pub fn with(mut self, options: Options) -> Self {
        self.responder.serves_with(&options);
        Server { options, ..self }
    }

    /// The same server, watched: `observer` is told of each exchange. With
    /// `record` it sees the bytes on the wire as well.
    #[must_use]
    pub fn observed(self, observer: &'s (dyn Fn(&Exchange<'_>) + Sync), record: bool) -> Self {
        Server { observer: Some(observer), record, ..self }
    }

    /// The same server, which hands some requests on to other programs.
    #[must_use]
    pub fn relaying(self, relays: Relays) -> Self {
        Server { relays, ..self }
    }

    /// The same server as one of several, which shows its master signs of life.
    #[must_use]
    pub(crate) fn reporting(self, worker: &'s Worker) -> Self {
        Server { worker: Some(worker), ..self }
    }

    /// The address with its real port; `None` for a Unix socket.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// What stops the server, from another thread.
    #[must_use]
    pub fn stop_handle(&self) -> Stop {
        self.stop.clone()
    }

    /// Serves until it is stopped. When this returns, all connections are
    /// closed and all threads have ended.
    ///
    /// # Errors
    /// When the system has no poller, thread or descriptor left at the start.
    pub fn serve_forever(self) -> io::Result<()> {
        let options = &self.options;
        let service = Service {
            responder: &self.responder,
            limits: options.limits.clone(),
            timeout: options.timeout,
            server: options.server.clone(),
            observer: self.observer,
            record: self.record,
            pages: OwnPages {
                paths: options.own_pages.clone(),
                forwarded: options.forwarded.clone(),
                worker: self.worker,
                since: Instant::now(),
            },
        };
        let capacity = within_descriptors(options.connections);
        let stop = &self.stop;
        let mut event_loop =
            EventLoop::new(self.listener, capacity, &service, &self.relays, stop, options.grace)?;
        let waker = event_loop.waker()?;
        stop.wakes(waker.clone());
        if options.threads <= 1 {
            return event_loop.run();
        }
        let (responder, server) = (service.responder, &service.server);
        let pool = Pool::new(responder, server, self.record, options.queue, waker);
        thread::scope(|scope| {
            let served = pool.start(scope, options.threads).and_then(|()| {
                event_loop.answer_in(&pool);
                event_loop.run()
            });
            drop(event_loop);
            pool.close();
            served
        })
    }
}

/// A connection needs a descriptor, and some of them another for a file or a
/// temporary file: a quarter is kept for those. The soft limit of the process is
/// raised as far as the hard one allows; if that is not enough, fewer
/// connections are admitted.
fn within_descriptors(capacity: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = (capacity as u64 + OTHERS) * 4 / 3;
    if limit.current.is_some_and(|current| current < wanted) {
        limit.current = Some(limit.maximum.map_or(wanted, |most| most.min(wanted)));
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let Some(limit) = getrlimit(Resource::Nofile).current else { return capacity };
    let most = limit / 4 * 3;
    let most = usize::try_from(most - OTHERS.min(most / 4)).unwrap_or(usize::MAX);
    if most < capacity {
        log::warn!("{most} connections at a time instead of {capacity}: `ulimit -n` is {limit}");
    }
    capacity.min(most)
}
