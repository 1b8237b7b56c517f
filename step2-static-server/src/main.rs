//! Serves the files of a folder; see `--help`.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clap::Parser;
use http::HeaderValue;
use step1_http_basics::cli::{self, ListenArgs, RootArgs};
use step1_http_basics::connection::{Exchange, Service};
use step1_http_basics::limits::Limits;
use step1_http_basics::xray;
use step2_static_server::static_files::{Options, StaticFiles};
use step2_static_server::{access_log, dispatch};

/// A static file server: serves the files of a folder over HTTP/1.1.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    listen: ListenArgs,

    #[command(flatten)]
    root: RootArgs,

    /// List the files of a folder that has no index.html
    #[arg(long)]
    list: bool,

    /// Let clients write: PUT replaces a file, DELETE removes it
    #[arg(long)]
    write: bool,

    /// Serve this many connections at a time; when full, the one that has
    /// waited longest for a request is closed
    #[arg(long, value_name = "N", default_value_t = 400)]
    max_connections: usize,

    /// Close a connection after so many seconds without a request
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    keep_alive: u64,

    /// In a stop, give responses that are under way so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    graceful_timeout: u64,
}

fn main() -> ExitCode {
    cli::log_to_stderr();
    match serve(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("step2-static-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &Args) -> Result<(), String> {
    let root = args.root.directory();
    let root =
        root.canonicalize().map_err(|error| format!("cannot serve {}: {error}", root.display()))?;
    let files = StaticFiles::open(&root)
        .map_err(|error| format!("cannot serve {}: {error}", root.display()))?;
    let files = files.with(Options { list: args.list, write: args.write });
    let limits = Limits { keep_alive: Duration::from_secs(args.keep_alive), ..Limits::default() };
    let show = |exchange: &Exchange<'_>| {
        if args.listen.xray {
            cli::print(&xray::full(exchange, cli::style()));
        } else {
            cli::print(&format!(
                "{}
",
                access_log::line(exchange, SystemTime::now())
            ));
        }
    };
    let service = Service {
        server: HeaderValue::from_static(concat!(
            "step2-static-server/",
            env!("CARGO_PKG_VERSION")
        )),
        observer: (!args.listen.quiet || args.listen.xray).then_some(&show),
        record: args.listen.xray,
        ..Service::new(&files, limits)
    };
    let server =
        args.listen.bind(args.max_connections, Duration::from_secs(args.graceful_timeout))?;
    // Whoever reads the announcement may send a signal at once.
    server
        .until_signal(|| {
            cli::announce("step2-static-server", &format!("serving {}", root.display()), &server)
                .map(|()| dispatch::thread_per_connection(&server, &service))
        })
        .and_then(|announced| announced)
        .map_err(|error| error.to_string())
}
