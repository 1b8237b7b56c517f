//! Serves files and programs; see `--help`.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use step1_http_basics::cli::{log_to_stderr, print};
use step2_static_server::cli::{Program, SiteArgs};
use step3_cgi::cgi::passed_on;
use step3_cgi::cli::CgiArgs;
use step3_cgi::fastcgi::flags::{FastCgiArgs, Spawn, Surroundings};
use step3_cgi::fastcgi::responder::{Listener, Responder};
use step3_cgi::process_pool::become_program;
use step3_cgi::site::{Site, Where};
use step3_cgi::{program, samples};

/// A server whose pages can be made by programs.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Args {
    #[command(flatten)]
    site: SiteArgs,
    #[command(flatten)]
    cgi: CgiArgs,
    #[command(flatten)]
    fastcgi: FastCgiArgs,
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
    /// Become a process of a pool, which ends when its server does
    #[command(hide = true)]
    PoolProcess {
        /// The process id of the server
        server: u32,
        /// The program to become
        program: OsString,
        /// Its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

const PROGRAM: Program =
    Program { name: "step3-cgi", server: concat!("step3-cgi/", env!("CARGO_PKG_VERSION")) };

fn main() -> ExitCode {
    log_to_stderr();
    let args = Args::parse();
    let done = match &args.command {
        None => serve(&args),
        Some(Command::Sample { name }) => sample(name),
        Some(Command::PoolProcess { server, program, arguments }) => {
            Err(become_program(*server, program, arguments).to_string())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", PROGRAM.name);
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &Args) -> Result<(), String> {
    let (root, files) = args.site.files()?;
    // The default run shows the same program in both ways.
    let has_pool = args.cgi.shows_samples(&args.site) && args.fastcgi.is_unused();
    let pool = has_pool.then_some("/fastcgi/");
    let (programs, files) = args.cgi.programs(&args.site, &root, files, pool)?;
    let own = std::env::current_exe().map_err(|error| format!("where is this program? {error}"))?;
    let around = Surroundings {
        root: &root,
        software: PROGRAM.server,
        timeout: Duration::from_secs(args.cgi.timeout),
        through: vec![own.clone().into(), "pool-process".into()],
        observer: args.site.listen.xray.then_some(print as fn(&str)),
        environment: passed_on(),
    };
    let hello = Spawn {
        processes: 2,
        place: Where::parse("/fastcgi/").map_err(|error| error.to_string())?,
        program: own,
        arguments: vec!["sample".into(), "hello".into()],
    };
    let more = if has_pool { vec![hello] } else { Vec::new() };
    let mut site = Site::new(&files);
    let mut what = format!("serving {}", root.display());
    if let Some(programs) = programs {
        what.push_str(", and programs under /cgi-bin/");
        site = site.mount(Where::cgi_bin(), programs);
    }
    let (site, kept) = args.fastcgi.mount(site, &more, &around)?;
    let served = args.site.serve(PROGRAM, &what, &site);
    // Not before the last request has been answered.
    drop(kept);
    served
}

/// The same program, whichever way it is called: who finds a listening socket
/// where its input should be is a FastCGI application.
fn sample(name: &str) -> Result<(), String> {
    let sample = samples::find(name).ok_or_else(|| format!("there is no sample called {name}"))?;
    let done = match Listener::inherited() {
        Ok(listener) => Responder::new(listener).and_then(|responder| {
            responder.until_signal(|| responder.serve(&sample.program)).and_then(|served| served)
        }),
        Err(_) => program::run_as_cgi(sample.program),
    };
    done.map_err(|error| error.to_string())
}
