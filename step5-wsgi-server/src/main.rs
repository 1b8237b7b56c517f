//! Serves files or an application; see `--help`.

use std::process::ExitCode;

use clap::Parser;
use step1_http_basics::cli;
use step5_wsgi_server::command;
use step5_wsgi_server::flags::Args;

fn main() -> ExitCode {
    cli::log_to_stderr();
    match command::run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // One write, as a line of the log is: a master may write, too.
            let line = format!("step5-wsgi-server: {}\n", failure.message);
            eprint!("{line}");
            ExitCode::from(failure.status)
        }
    }
}
