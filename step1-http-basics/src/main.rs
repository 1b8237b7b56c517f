//! Shows every request its own bytes; see `--help`.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use http::HeaderValue;
use step1_http_basics::cli::{self, ListenArgs};
use step1_http_basics::connection::{Exchange, Service};
use step1_http_basics::limits::Limits;
use step1_http_basics::xray::{self, Colour, Style};
use step1_http_basics::{demo, xray_page};

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
}

fn main() -> ExitCode {
    cli::log_to_stderr();
    let args = Args::parse();
    let done = match args.command {
        None => serve(&args.listen),
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
    cli::announce("step1-http-basics", "showing every request its own bytes", &server)
        .and_then(|()| server.until_signal(|| server.serve(&service)))
        .map_err(|error| error.to_string())
}

fn style() -> Style {
    let colour = if io::stdout().is_terminal() { Colour::Ansi } else { Colour::Plain };
    Style { colour, ..Style::default() }
}

/// If standard output is gone, there is nobody left to tell.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}
