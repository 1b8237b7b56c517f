//! Shows every request its own bytes; see `--help`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use http::{HeaderValue, StatusCode};
use step1_http_basics::cli::{self, ListenArgs};
use step1_http_basics::connection::Service;
use step1_http_basics::handler::{Request, Response};
use step1_http_basics::limits::Limits;

/// HTTP basics: a server that shows every request its own bytes.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    listen: ListenArgs,
}

fn main() -> ExitCode {
    cli::log_to_stderr();
    match serve(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("step1-http-basics: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &Args) -> Result<(), String> {
    let handler =
        |request: &mut Request<'_>| Response::text(StatusCode::OK, request.raw_head.to_vec());
    let server = args.listen.bind(1, Duration::from_secs(30))?;
    let mut service = Service::new(&handler, Limits::default());
    service.server =
        HeaderValue::from_static(concat!("step1-http-basics/", env!("CARGO_PKG_VERSION")));
    cli::announce("step1-http-basics", "showing every request its own bytes", &server)
        .and_then(|()| server.until_signal(|| server.serve(&service)))
        .map_err(|error| error.to_string())
}
