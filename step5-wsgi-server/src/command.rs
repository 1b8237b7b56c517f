//! What the program does with its flags.
//!
//! Chapter 6
//!
//! *Strategy*: whatever is to be served, a handler or an application, is put
//! together here and handed to the same server.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::SystemTime;

use step1_http_basics::cli;
use step1_http_basics::connection::Exchange;
use step1_http_basics::xray;
use step2_static_server::access_log;
use step2_static_server::static_files;
use step4_wsgi_interface::Application;
#[cfg(feature = "guestbook")]
use step4_wsgi_interface::applications::guest_book::GuestBook;
use step4_wsgi_interface::applications::{environ_page, files::Files, hello};

use crate::fastcgi;
use crate::flags::{App, Args, Protocol, Served};
use crate::gateway::Gateway;
use crate::listen::{Address, Listener};
use crate::processes::notify::{News, notify};
use crate::processes::{Ended, Master, PidFile, Plan, Worker, activation};
use crate::relay::Relays;
use crate::responder::{Handles, Responder};
use crate::server::Server;
use crate::shutdown::Stop;
use crate::trouble;

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
    match args.processes.plan(args.timeout(), args.grace())? {
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
    match app {
        App::Files if args.protocol == Protocol::Fastcgi => {
            Err("files is a handler, not an application: take wsgi-files with --as fastcgi".into())
        }
        App::Files => {
            let options = static_files::Options { list: args.list, write: args.write };
            let (root, files) = step2_static_server::cli::files(&args.root, options)?;
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
            let root = args.root.directory();
            let cannot = |error: io::Error| format!("cannot serve {}: {error}", root.display());
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
        Protocol::Http => serve(args, Gateway::new(application, args.options().facts()), what),
        Protocol::Fastcgi if !args.relays.fastcgi.is_empty() => {
            Err("--fastcgi hands requests of HTTP on: leave it out with --as fastcgi".to_owned())
        }
        Protocol::Fastcgi => {
            let address = args.address();
            let (listener, listens) =
                fastcgi::listen(&address).map_err(|error| cannot_listen(&address, &error))?;
            let pid_file = write_pid_file(args)?;
            let place = match listener.address() {
                Some(address) => address.to_string(),
                None => "a Unix socket".to_owned(),
            };
            let stop = Stop::default();
            let tidy_up = || pid_file.iter().for_each(PidFile::remove);
            let served = stop.on_signals(args.grace(), tidy_up, || {
                cli::print(&format!(
                    "step5-wsgi-server: {what} by FastCGI\nListening at {place}. Ctrl-C stops the server.\n"
                ));
                let most = args.limit_request_body;
                fastcgi::serve(listener, &application, args.threads, listens.is_none(), most, &stop)
            });
            served.and_then(|served| served).map_err(|error| error.to_string())
        }
    }
}

/// Loads an application in Python and serves it; 3 is the status with which
/// gunicorn says that there is none.
#[cfg(feature = "python")]
fn python(args: &Args, name: &str) -> Result<(), Failure> {
    use crate::python::{flags, reload};

    if args.protocol == Protocol::Fastcgi {
        return Err(format!(
            "{name}: an application in Python is served by HTTP only: leave --as fastcgi out, and \
             let the web server in front pass requests on as a proxy"
        )
        .into());
    }
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
    flags::finish(args.grace());
    if served.is_ok() && watcher.is_some_and(reload::Watcher::finish) {
        return Err(reload::start_anew(&folder).to_string().into());
    }
    served
}

/// The programs that requests are handed on to.
fn relays(args: &Args) -> Result<Relays, String> {
    let (mut relays, options) = (Relays::default(), args.options());
    let software = options.server.to_str().unwrap_or_default();
    let root = args.root.directory();
    for (place, address) in &args.relays.fastcgi {
        let bounds = args.relays.options(args.timeout());
        relays
            .add(place.clone(), address.clone(), bounds, &root, software)
            .map_err(|error| format!("cannot serve {}: {error}", root.display()))?;
    }
    Ok(relays)
}

/// Listens where systemd says, or else where the flags say; and where to find
/// it.
fn listen(args: &Args) -> Result<(Listener, String), String> {
    let address = args.address();
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
    let mut server = Server::new(listener, responder).with(args.options()).relaying(relays(args)?);
    if args.xray || log.is_some() {
        server = server.observed(&observer, args.xray);
    }
    if let Some(worker) = &worker {
        server = server.reporting(worker);
    }
    let stop = server.stop_handle();
    // Whoever hears that it serves may send a signal at once.
    let tidy_up = || pid_file.iter().for_each(PidFile::remove);
    let served = stop.on_signals(args.grace(), tidy_up, || match &worker {
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

fn cannot_listen(address: &Address, error: &io::Error) -> String {
    match address {
        Address::Tcp(_, port) => cli::cannot_listen(address, *port, error),
        Address::Unix(path) if error.kind() == ErrorKind::AddrInUse => {
            format!("another program listens at {} already.", path.display())
        }
        Address::Unix(_) => format!("cannot listen at {address}: {error}"),
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
