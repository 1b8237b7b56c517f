//! Serves files and programs; see `--help`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use step1_http_basics::cli::log_to_stderr;
use step2_static_server::cli::{Program, SiteArgs};
use step3_cgi::site::Site;
use step3_cgi::{program, samples};

/// A server whose pages can be made by programs.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Args {
    #[command(flatten)]
    site: SiteArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Be one of the sample programs, as a server runs it
    Sample {
        /// Such as hello
        name: String,
    },
}

const PROGRAM: Program =
    Program { name: "step3-cgi", server: concat!("step3-cgi/", env!("CARGO_PKG_VERSION")) };

fn main() -> ExitCode {
    log_to_stderr();
    let args = Args::parse();
    let done = match args.command {
        None => serve(&args.site),
        Some(Command::Sample { name }) => sample(&name),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", PROGRAM.name);
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &SiteArgs) -> Result<(), String> {
    let (root, files) = args.files()?;
    let site = Site::new(&files);
    args.serve(PROGRAM, &format!("serving {}", root.display()), &site)
}

fn sample(name: &str) -> Result<(), String> {
    let sample = samples::find(name).ok_or_else(|| format!("there is no sample called {name}"))?;
    program::run_as_cgi(sample.program).map_err(|error| error.to_string())
}
