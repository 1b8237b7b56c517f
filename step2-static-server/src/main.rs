//! Serves the files of a folder; see `--help`.

use std::process::ExitCode;

use clap::Parser;
use step1_http_basics::cli::log_to_stderr;
use step2_static_server::cli::{Program, SiteArgs};

/// A static file server: serves the files of a folder over HTTP/1.1.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    site: SiteArgs,
}

const PROGRAM: Program = Program {
    name: "step2-static-server",
    server: concat!("step2-static-server/", env!("CARGO_PKG_VERSION")),
};

fn main() -> ExitCode {
    log_to_stderr();
    match serve(&Args::parse().site) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", PROGRAM.name);
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &SiteArgs) -> Result<(), String> {
    let (root, files) = args.files()?;
    args.serve(PROGRAM, &format!("serving {}", root.display()), &files)
}
