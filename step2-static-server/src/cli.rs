//! The flags of this step, which later steps have as well, and what they mean.
//!
//! Chapter 3
//!
//! *Strategy*: a step that serves more than files still serves files, on the
//! same connections. So the flags become a handler ([`SiteArgs::files`]), a step
//! may put another in its place, and [`SiteArgs::serve`] runs either.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;
use http::HeaderValue;
use step1_http_basics::cli::{self, ListenArgs, RootArgs};
use step1_http_basics::connection::{Exchange, Service};
use step1_http_basics::handler::Handler;
use step1_http_basics::limits::Limits;
use step1_http_basics::xray;

use crate::static_files::{Options, StaticFiles};
use crate::{access_log, dispatch};

/// Where to listen, what to serve, and on how many connections.
#[derive(Debug, Clone, Args)]
pub struct SiteArgs {
    /// Where the server listens, and what it shows.
    #[command(flatten)]
    pub listen: ListenArgs,

    /// Which files it serves.
    #[command(flatten)]
    pub root: RootArgs,

    /// List the files of a folder that has no index.html
    #[arg(long)]
    pub list: bool,

    /// Let clients write: PUT replaces a file, DELETE removes it
    #[arg(long)]
    pub write: bool,

    /// Serve this many connections at a time; when full, the one that has
    /// waited longest for a request is closed
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub max_connections: usize,

    /// Close a connection after so many seconds without a request
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    pub keep_alive: u64,

    /// In a stop, give responses that are under way so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub graceful_timeout: u64,
}

/// Which program this is.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// What the user calls, such as `step2-static-server`.
    pub name: &'static str,
    /// What the `Server` field says, such as `step2-static-server/0.1.0`.
    pub server: &'static str,
}

impl SiteArgs {
    /// The document root, without symbolic links, and the files in it.
    ///
    /// # Errors
    /// A sentence that says which folder cannot be served, and why.
    pub fn files(&self) -> Result<(PathBuf, StaticFiles), String> {
        files(&self.root, Options { list: self.list, write: self.write })
    }

    /// Serves with this handler, a thread for each connection, until a signal
    /// says stop. `what` is printed behind the program's name at the beginning.
    ///
    /// # Errors
    /// A sentence that says why the server cannot listen.
    pub fn serve(&self, program: Program, what: &str, handler: &dyn Handler) -> Result<(), String> {
        let keep_alive = Duration::from_secs(self.keep_alive);
        let limits = Limits { keep_alive, ..Limits::default() };
        let show = |exchange: &Exchange<'_>| {
            if self.listen.xray {
                cli::print(&xray::full(exchange, cli::style()));
            } else {
                cli::print(&format!("{}\n", access_log::line(exchange, SystemTime::now())));
            }
        };
        let service = Service {
            server: HeaderValue::from_static(program.server),
            observer: (!self.listen.quiet || self.listen.xray).then_some(&show),
            record: self.listen.xray,
            ..Service::new(handler, limits)
        };
        let grace = Duration::from_secs(self.graceful_timeout);
        let server = self.listen.bind(self.max_connections, grace)?;
        // An upload holds the folder open too.
        let server = if self.write { server.with_descriptors(3) } else { server };
        // Whoever reads the announcement may send a signal at once.
        server
            .until_signal(|| {
                cli::announce(program.name, what, &server)
                    .map(|()| dispatch::thread_per_connection(&server, &service))
            })
            .and_then(|announced| announced)
            .map_err(|error| error.to_string())
    }
}

/// The document root, without symbolic links, and the files in it.
///
/// # Errors
/// A sentence that says which folder cannot be served, and why.
pub fn files(root: &RootArgs, options: Options) -> Result<(PathBuf, StaticFiles), String> {
    let root = root.directory();
    let cannot = |error| format!("cannot serve {}: {error}", root.display());
    let found = root.canonicalize().map_err(cannot)?;
    let files = StaticFiles::open(&found).map_err(cannot)?;
    Ok((found, files.with(options)))
}
