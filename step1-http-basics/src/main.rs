//! Shows every request its own bytes; see `--help`.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use http::HeaderValue;
use step1_http_basics::cli::{self, ListenArgs, print, style};
use step1_http_basics::connection::{Exchange, Service};
use step1_http_basics::get_command::{self, GetArgs};
use step1_http_basics::limits::Limits;
use step1_http_basics::{demo, reference, xray, xray_page};

/// HTTP basics: a server that shows every request its own bytes.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Args {
    #[command(flatten)]
    listen: ListenArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask a server of our own for one page, and show both messages
    Demo,
    /// Ask for one page as a browser does, and show each phase
    Get(GetArgs),
    /// Say what a status code means; without one, list them
    Status {
        /// Three digits, such as 404
        code: Option<String>,
    },
    /// Say what a method means; without one, list them
    Method {
        /// Such as PUT; methods are case-sensitive
        name: Option<String>,
    },
}

fn main() -> ExitCode {
    cli::log_to_stderr();
    let args = Args::parse();
    let done = match args.command {
        None => serve(&args.listen),
        Some(Command::Get(get)) => get_command::run(&get),
        Some(Command::Status { code }) => {
            reference::status_command(code.as_deref()).map(|text| print(&text))
        }
        Some(Command::Method { name }) => {
            reference::method_command(name.as_deref()).map(|text| print(&text))
        }
        Some(Command::Demo) => {
            demo::run(style()).map_err(|error| error.to_string()).map(|text| print(&text))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("step1-http-basics: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &ListenArgs) -> Result<(), String> {
    let show = |exchange: &Exchange<'_>| match args {
        ListenArgs { xray: true, .. } => print(&xray::full(exchange, style())),
        ListenArgs { quiet: false, .. } => print(&xray::summary(exchange)),
        _ => {}
    };
    let server = args.bind(1, Duration::from_secs(30))?;
    let mut service = Service::new(&xray_page::answer, Limits::default());
    service.server =
        HeaderValue::from_static(concat!("step1-http-basics/", env!("CARGO_PKG_VERSION")));
    service.observer = Some(&show);
    service.record = args.xray;
    // Whoever reads the announcement may send a signal at once.
    server
        .until_signal(|| {
            cli::announce("step1-http-basics", "showing every request its own bytes", &server)
                .map(|()| server.serve(&service))
        })
        .and_then(|announced| announced)
        .map_err(|error| error.to_string())
}
