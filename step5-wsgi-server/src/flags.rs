//! The flags: which application, where, and how.
//!
//! Chapter 6
//!
//! *Strategy*: they have the names that users of gunicorn know. What concerns
//! processes, proxies or Python has a file of its own, and is joined here. What
//! the flags say becomes the values that the server is made with.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use step1_http_basics::cli::RootArgs;
use step1_http_basics::limits::Limits;
use step3_cgi::fastcgi::flags::MountArgs;

use crate::listen::Address;
use crate::processes::flags::ProcessArgs;
use crate::proxy_flags::ProxyArgs;
use crate::server::Options;

/// A WSGI server: an event loop that serves files or an application.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Args {
    /// What to serve: one of files, hello, environ, guest-book, wsgi-files; or,
    /// in a server that was built with Python, module:attribute
    #[arg(default_value = "files", value_parser = served)]
    pub(crate) app: Served,

    #[cfg(feature = "python")]
    #[command(flatten)]
    pub(crate) python: crate::python::flags::PythonArgs,

    #[cfg(not(feature = "python"))]
    #[command(flatten)]
    python: WithoutPython,

    /// Listen here: a host and a port (0: any free one), or unix:PATH
    #[arg(short, long, value_name = "HOST:PORT|unix:PATH", default_value = "127.0.0.1:8000")]
    pub(crate) bind: Address,

    /// Listen at this port; wins over the port of --bind
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,

    /// Speak HTTP to clients, or `FastCGI` to a web server in front
    #[arg(long = "as", value_name = "PROTOCOL", default_value = "http")]
    pub(crate) protocol: Protocol,

    /// 1: run the application on the thread of the event loop. More: in a pool
    /// of so many threads, so that one that waits keeps nobody waiting
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) threads: usize,

    /// Let so many requests wait for a thread of the pool; answer others 503
    #[arg(long, value_name = "N", default_value_t = 256)]
    pub(crate) queue: usize,

    /// Answer 503 when the pool has not answered after so many seconds; with
    /// --workers, replace a worker that shows no sign of life for so long
    #[arg(short, long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) timeout: u64,

    /// In a stop, give answers that are under way so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) graceful_timeout: u64,

    /// Close a connection after so many seconds without a request
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    pub(crate) keep_alive: u64,

    /// Wait so many seconds for the head of a request
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) header_timeout: u64,

    /// Accept so many bytes of content in a request
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().content)]
    pub(crate) limit_request_body: u64,

    /// Accept so many bytes of fields in a request
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().fields)]
    pub(crate) limit_request_fields: usize,

    /// Accept so many bytes of a request target
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().target)]
    pub(crate) limit_request_line: usize,

    /// Serve so many connections at a time; when full, the one that has waited
    /// longest for a request is closed
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) max_connections: usize,

    /// Write a line for each request to this file; - is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) access_logfile: Option<PathBuf>,

    /// Show each exchange on the terminal, byte by byte, each part named
    #[arg(long)]
    pub(crate) xray: bool,

    #[command(flatten)]
    pub(crate) processes: ProcessArgs,

    #[command(flatten)]
    pub(crate) proxy: ProxyArgs,

    #[command(flatten)]
    pub(crate) relays: MountArgs,

    #[command(flatten)]
    pub(crate) root: RootArgs,

    /// files: list the files of a folder that has no index.html
    #[arg(long)]
    pub(crate) list: bool,

    /// files: let clients write: PUT replaces a file, DELETE removes it
    #[arg(long)]
    pub(crate) write: bool,

    /// guest-book: the file that it is kept in
    #[cfg(feature = "guestbook")]
    #[arg(long, value_name = "FILE", default_value = "guest-book.sqlite3")]
    pub(crate) database: PathBuf,
}

impl Args {
    /// Where to listen.
    pub(crate) fn address(&self) -> Address {
        match (&self.bind, self.port) {
            (Address::Tcp(host, _), Some(port)) => Address::Tcp(host.clone(), port),
            (address, _) => address.clone(),
        }
    }

    /// How long an answer may take.
    pub(crate) fn timeout(&self) -> Duration {
        seconds(self.timeout)
    }

    /// How long what is under way may take in a stop.
    pub(crate) fn grace(&self) -> Duration {
        seconds(self.graceful_timeout)
    }

    /// How the server is to serve.
    pub(crate) fn options(&self) -> Options {
        let limits = Limits {
            content: self.limit_request_body,
            fields: self.limit_request_fields,
            target: self.limit_request_line,
            keep_alive: seconds(self.keep_alive),
            head_deadline: seconds(self.header_timeout),
            ..Limits::default()
        };
        Options {
            threads: self.threads,
            queue: self.queue,
            connections: self.max_connections,
            timeout: self.timeout(),
            grace: self.grace(),
            several: self.processes.are_several(),
            forwarded: self.proxy.forwarded(),
            own_pages: self.proxy.paths(),
            limits,
            ..Options::default()
        }
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const WITHOUT_PYTHON: &str = "this server was built without Python: \
    cargo run --release -p step5-wsgi-server --features python -- module:attribute";

/// The flags of an application in Python, which are not unknown, but of no use.
#[cfg(not(feature = "python"))]
#[derive(Debug, Clone, clap::Args)]
struct WithoutPython {
    #[arg(long, hide = true, value_parser = without_python)]
    chdir: Option<String>,
    #[arg(long, hide = true, value_parser = without_python)]
    pythonpath: Option<String>,
    #[arg(long, hide = true, value_parser = without_python)]
    venv: Option<String>,
    #[arg(long, hide = true, num_args = 0, default_missing_value = "", value_parser = without_python)]
    reload: Option<String>,
}

#[cfg(not(feature = "python"))]
fn without_python(_: &str) -> Result<String, &'static str> {
    Err(WITHOUT_PYTHON)
}

/// An application of ours, or one of the world's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Served {
    Own(App),
    Python(String),
}

fn served(text: &str) -> Result<Served, String> {
    match App::from_str(text, false) {
        Ok(app) => Ok(Served::Own(app)),
        Err(_) if cfg!(feature = "python") => Ok(Served::Python(text.to_owned())),
        Err(_) if text.contains(':') => Err(WITHOUT_PYTHON.to_owned()),
        Err(_) => {
            let names = App::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let names: Vec<_> = names.map(|value| value.get_name().to_owned()).collect();
            Err(format!("what can be served: {}", names.join(", ")))
        }
    }
}

/// What can be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum App {
    /// The files of a folder, with all that step 2 can do
    Files,
    /// The smallest application
    Hello,
    /// The environ as a page
    Environ,
    /// Register, log in, sign, log out
    #[cfg(feature = "guestbook")]
    GuestBook,
    /// An application that misbehaves when it is asked to: for you, not for strangers
    Trouble,
    /// The files of a folder, by the small application of step 4
    WsgiFiles,
}

/// What is spoken with the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    Http,
    Fastcgi,
}
