//! `check`: what the tests of the book do, one piece at a time.
#![cfg_attr(not(unix), allow(unused))]

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    check::cli::main()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("check: the transcripts need a Unix shell; use Linux, macOS or WSL");
    ExitCode::FAILURE
}
