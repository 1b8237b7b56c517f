//! The command line: which application, where, and how.
//!
//! Chapter 6
//!
//! *Strategy*: flags have the names that users of gunicorn know. Whatever is to
//! be served, a handler or an application, is put together here and handed to
//! the same server.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use clap::{Parser, ValueEnum};
use step1_http_basics::cli::{self, RootArgs};
use step1_http_basics::connection::Exchange;
use step1_http_basics::limits::Limits;
use step1_http_basics::xray;
use step2_static_server::access_log;
use step2_static_server::static_files::{self, StaticFiles};
use step4_wsgi_interface::Application;
#[cfg(feature = "guestbook")]
use step4_wsgi_interface::applications::guest_book::GuestBook;
use step4_wsgi_interface::applications::{environ_page, files::Files, hello};

use crate::fastcgi;
use crate::gateway::Gateway;
use crate::listen::{Address, Listener};
use crate::processes::flags::ProcessArgs;
use crate::processes::notify::{News, notify};
use crate::processes::{Ended, Master, PidFile, Plan, Worker, activation};
use crate::proxy_flags::ProxyArgs;
use crate::responder::{Handles, Responder};
use crate::server::{Options, Server};
use crate::trouble;

/// A WSGI server: an event loop that serves files or an application.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Args {
    /// What to serve: one of files, hello, environ, guest-book, wsgi-files; or,
    /// in a server that was built with Python, module:attribute
    #[arg(default_value = "files", value_parser = served)]
    app: Served,

    #[cfg(feature = "python")]
    #[command(flatten)]
    python: crate::python::flags::PythonArgs,

    /// Listen here: a host and a port (0: any free one), or unix:PATH
    #[arg(short, long, value_name = "HOST:PORT|unix:PATH", default_value = "127.0.0.1:8000")]
    bind: Address,

    /// Listen at this port; wins over the port of --bind
    #[arg(long, value_name = "N")]
    port: Option<u16>,

    /// Speak HTTP to clients, or `FastCGI` to a web server in front
    #[arg(long = "as", value_name = "PROTOCOL", default_value = "http")]
    protocol: Protocol,

    /// 1: run the application on the thread of the event loop. More: in a pool
    /// of so many threads, so that one that waits keeps nobody waiting
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,

    /// Let so many requests wait for a thread of the pool; answer others 503
    #[arg(long, value_name = "N", default_value_t = 256)]
    queue: usize,

    /// Answer 503 when the pool has not answered after so many seconds; with
    /// --workers, replace a worker that shows no sign of life for so long
    #[arg(short, long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,

    /// In a stop, give answers that are under way so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    graceful_timeout: u64,

    /// Close a connection after so many seconds without a request
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    keep_alive: u64,

    /// Wait so many seconds for the head of a request
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    header_timeout: u64,

    /// Accept so many bytes of content in a request
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().content)]
    limit_request_body: u64,

    /// Accept so many bytes of fields in a request
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().fields)]
    limit_request_fields: usize,

    /// Accept so many bytes of a request target
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().target)]
    limit_request_line: usize,

    /// Serve so many connections at a time; when full, the one that has waited
    /// longest for a request is closed
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    max_connections: usize,

    /// Write a line for each request to this file; - is standard output
    #[arg(long, value_name = "FILE")]
    access_logfile: Option<PathBuf>,

    /// Show each exchange on the terminal, byte by byte, each part named
    #[arg(long)]
    xray: bool,

    #[command(flatten)]
    processes: ProcessArgs,

    #[command(flatten)]
    proxy: ProxyArgs,

    #[command(flatten)]
    root: RootArgs,

    /// files: list the files of a folder that has no index.html
    #[arg(long)]
    list: bool,

    /// files: let clients write: PUT replaces a file, DELETE removes it
    #[arg(long)]
    write: bool,

    /// guest-book: the file that it is kept in
    #[cfg(feature = "guestbook")]
    #[arg(long, value_name = "FILE", default_value = "guest-book.sqlite3")]
    database: PathBuf,
}

/// An application of ours, or one of the world's.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Served {
    Own(App),
    Python(String),
}

fn served(text: &str) -> Result<Served, String> {
    match App::from_str(text, false) {
        Ok(app) => Ok(Served::Own(app)),
        Err(_) if cfg!(feature = "python") => Ok(Served::Python(text.to_owned())),
        Err(_) if text.contains(':') => Err("this server was built without Python: \
            cargo run --release -p step5-wsgi-server --features python -- module:attribute"
            .to_owned()),
        Err(_) => {
            let names = App::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let names: Vec<_> = names.map(|value| value.get_name().to_owned()).collect();
            Err(format!("what can be served: {}", names.join(", ")))
        }
    }
}

/// What can be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum App {
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
enum Protocol {
    Http,
    Fastcgi,
}

/// Why the program ends, and with which status.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong and what to do about it.
    pub message: String,
    /// The exit status.
    pub status: u8,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure { message, status: 1 }
    }
}

/// Serves as the flags say, until it is stopped.
///
/// # Errors
/// A sentence that says what is wrong and what to do about it.
pub fn run(args: &Args) -> Result<(), Failure> {
    let (timeout, grace) = (seconds(args.timeout), seconds(args.graceful_timeout));
    match args.processes.plan(timeout, grace)? {
        // The master serves nothing itself, and loads no application.
        Some(plan) => master(args, plan),
        None => serve_app(args),
    }
}

/// Listens, and lets workers serve.
fn master(args: &Args, plan: Plan) -> Result<(), Failure> {
    if args.protocol == Protocol::Fastcgi {
        return Err("--workers speaks HTTP only: take --threads with --as fastcgi"
            .to_owned()
            .into());
    }
    #[cfg(feature = "python")]
    if args.python.reload {
        return Err("--reload watches one process: leave --workers out".to_owned().into());
    }
    let (listener, place) = listen(args)?;
    let _pid_file = write_pid_file(args)?;
    let several = if plan.workers == 1 { "worker" } else { "workers" };
    let count = format!("{} {several}", plan.workers);
    let announce = |what: &str| {
        cli::print(&format!(
            "step5-wsgi-server: {what}, {count}\n{place} Ctrl-C stops the server.\n"
        ));
    };
    let ended = Master::new(plan, listener.descriptor(), announce).run();
    match ended.map_err(|error| error.to_string())? {
        Ended::Stopped => Ok(()),
        Ended::NeverStarted(status) => Err(Failure {
            message: "no worker can start: what is wrong stands above".to_owned(),
            status: status.and_then(|status| status.try_into().ok()).unwrap_or(1),
        }),
    }
}

fn serve_app(args: &Args) -> Result<(), Failure> {
    match &args.app {
        Served::Own(app) => Ok(own(args, *app)?),
        #[cfg(feature = "python")]
        Served::Python(name) => python(args, name),
        #[cfg(not(feature = "python"))]
        Served::Python(name) => Err(format!("{name}: built without Python").into()),
    }
}

fn own(args: &Args, app: App) -> Result<(), String> {
    let root = args.root.directory();
    let cannot = |error: io::Error| format!("cannot serve {}: {error}", root.display());
    match app {
        App::Files if args.protocol == Protocol::Fastcgi => {
            Err("files is a handler, not an application: take wsgi-files with --as fastcgi".into())
        }
        App::Files => {
            let root = root.canonicalize().map_err(cannot)?;
            let files = StaticFiles::open(&root).map_err(cannot)?;
            let files = files.with(static_files::Options { list: args.list, write: args.write });
            serve(args, Handles(&files), &format!("serving {}", root.display()))
        }
        App::Hello => application(args, hello::application, "serving hello"),
        App::Trouble => application(args, trouble::application, "serving trouble"),
        App::Environ => application(args, environ_page::application, "serving environ"),
        #[cfg(feature = "guestbook")]
        App::GuestBook => {
            let what = format!("serving a guest book in {}", args.database.display());
            application(args, GuestBook::at(args.database.clone()), &what)
        }
        App::WsgiFiles => {
            let root = root.canonicalize().map_err(cannot)?;
            let what = format!("serving {}", root.display());
            application(args, Files::below(&root).map_err(cannot)?, &what)
        }
    }
}

fn application(
    args: &Args,
    application: impl Application + Send + Sync,
    what: &str,
) -> Result<(), String> {
    match args.protocol {
        Protocol::Http => serve(args, Gateway::new(application, options(args).facts()), what),
        Protocol::Fastcgi => {
            let address = address(args);
            let listener =
                fastcgi::listen(&address).map_err(|error| cannot_listen(&address, &error))?;
            let place = match listener.address() {
                Some(address) => address.to_string(),
                None => "a Unix socket".to_owned(),
            };
            cli::print(&format!(
                "step5-wsgi-server: {what} by FastCGI\nListening at {place}. Ctrl-C stops the server.\n"
            ));
            fastcgi::serve(listener, &application, args.threads).map_err(|error| error.to_string())
        }
    }
}

/// Where to listen, as the flags say.
fn address(args: &Args) -> Address {
    match (&args.bind, args.port) {
        (Address::Tcp(host, _), Some(port)) => Address::Tcp(host.clone(), port),
        (address, _) => address.clone(),
    }
}

/// Loads an application in Python and serves it; 3 is the status with which
/// gunicorn says that there is none.
#[cfg(feature = "python")]
fn python(args: &Args, name: &str) -> Result<(), Failure> {
    use crate::python::{flags, reload};

    let folder = std::env::current_dir().map_err(|error| error.to_string())?;
    // Before the application is loaded: it finds nothing of the master's on its
    // standard input.
    let work = take_up(args)?;
    let application = args.python.start(name);
    let watcher = args.python.reload.then(reload::Watcher::start).transpose();
    let watcher = watcher.map_err(|error| error.to_string())?;
    let served = match application {
        Ok(application) => {
            serve_as(args, work, application, &format!("serving {name}")).map_err(Failure::from)
        }
        Err(error) if watcher.is_some() => {
            log::error!("{error}\nwaiting for a change");
            reload::wait_for_signal().map_err(|error| error.to_string().into())
        }
        Err(error) => Err(Failure { message: error.to_string(), status: 3 }),
    };
    flags::finish(seconds(args.graceful_timeout));
    if served.is_ok() && watcher.is_some_and(reload::Watcher::finish) {
        return Err(reload::start_anew(&folder).to_string().into());
    }
    served
}

/// Listens where systemd says, or else where the flags say; and where to find
/// it.
fn listen(args: &Args) -> Result<(Listener, String), String> {
    let address = address(args);
    let listener = match activation::listener()? {
        Some(listener) => listener,
        None => Listener::bind(&address).map_err(|error| cannot_listen(&address, &error))?,
    };
    let place = match listener.address() {
        Some(address) => format!("Open http://{address}/ in a browser."),
        None => format!("Listening at {address}."),
    };
    Ok((listener, place))
}

fn write_pid_file(args: &Args) -> Result<Option<PidFile>, String> {
    let write = |path: &PathBuf| {
        PidFile::write(path).map_err(|error| format!("cannot write {}: {error}", path.display()))
    };
    args.processes.pid.as_ref().map(write).transpose()
}

/// What a worker's master has given it; `None` in a process that is alone.
type Work = Option<(Worker, Listener)>;

fn take_up(args: &Args) -> Result<Work, String> {
    let work = args.processes.number().map(|_| Worker::take_up(args.processes.enough()));
    work.transpose().map_err(|error| format!("cannot be a worker: {error}"))
}

/// Listens, says where, and serves; a worker listens where its master does.
fn serve(args: &Args, responder: impl Responder, what: &str) -> Result<(), String> {
    serve_as(args, take_up(args)?, responder, what)
}

fn serve_as(args: &Args, work: Work, responder: impl Responder, what: &str) -> Result<(), String> {
    let (worker, listener, place) = match work {
        Some((worker, listener)) => (Some(worker), listener, String::new()),
        None => listen(args).map(|(listener, place)| (None, listener, place))?,
    };
    let pid_file = if worker.is_none() { write_pid_file(args)? } else { None };
    let log = args.access_logfile.as_ref().map(open_log).transpose()?;
    let observer = |exchange: &Exchange<'_>| {
        if args.xray {
            cli::print(&xray::full(exchange, cli::style()));
        }
        if let Some(log) = &log {
            let line = format!("{}\n", access_log::line(exchange, SystemTime::now()));
            // A log that cannot be written is no reason to answer nobody.
            if let Ok(mut log) = log.lock() {
                let _ = log.write_all(line.as_bytes());
            }
        }
    };
    let mut server = Server::new(listener, responder).with(options(args));
    if args.xray || log.is_some() {
        server = server.observed(&observer, args.xray);
    }
    if let Some(worker) = &worker {
        server = server.reporting(worker);
    }
    let stop = server.stop_handle();
    // Whoever hears that it serves may send a signal at once.
    let tidy_up = || pid_file.iter().for_each(PidFile::remove);
    let served = stop.on_signals(seconds(args.graceful_timeout), tidy_up, || match &worker {
        Some(worker) => worker.serve(what, &stop, || server.serve_forever()),
        None => {
            cli::print(&format!("step5-wsgi-server: {what}\n{place} Ctrl-C stops the server.\n"));
            notify(News::Ready);
            let served = server.serve_forever();
            notify(News::Stopping);
            served
        }
    });
    served.and_then(|served| served).map_err(|error| error.to_string())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn options(args: &Args) -> Options {
    let limits = Limits {
        content: args.limit_request_body,
        fields: args.limit_request_fields,
        target: args.limit_request_line,
        keep_alive: seconds(args.keep_alive),
        head_deadline: seconds(args.header_timeout),
        ..Limits::default()
    };
    Options {
        threads: args.threads,
        queue: args.queue,
        connections: args.max_connections,
        timeout: seconds(args.timeout),
        grace: seconds(args.graceful_timeout),
        several: args.processes.are_several(),
        forwarded: args.proxy.forwarded(),
        own_pages: args.proxy.paths(),
        limits,
        ..Options::default()
    }
}

fn cannot_listen(address: &Address, error: &io::Error) -> String {
    match (error.kind(), address) {
        (ErrorKind::AddrInUse, Address::Tcp(_, port)) => format!(
            "port {port} is in use already: another program listens there. \
             Choose another with --port, or any free one with --port 0."
        ),
        (ErrorKind::AddrInUse, Address::Unix(path)) => {
            format!("another program listens at {} already.", path.display())
        }
        (ErrorKind::PermissionDenied, Address::Tcp(_, port)) => format!(
            "not allowed to listen at port {port}. Ports below 1024 need privileges: choose one above with --port."
        ),
        _ => format!("cannot listen at {address}: {error}"),
    }
}

type Log = Mutex<Box<dyn Write + Send>>;

fn open_log(path: &PathBuf) -> Result<Log, String> {
    if path.as_os_str() == "-" {
        return Ok(Mutex::new(Box::new(io::stdout())));
    }
    let file = File::options().create(true).append(true).open(path);
    let file = file.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(Mutex::new(Box::new(file)))
}
