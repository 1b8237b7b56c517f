//! The command line of `check`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::transcripts::replay::{self, Peers, Settings, Update};
use crate::transcripts::{Failure, pages};
use crate::workspace;

/// What the tests of the book do, one piece at a time.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replays the transcripts of the book, or of the pages whose path holds one of NAMES.
    Transcripts {
        /// Parts of the pages' paths: `http-basics`
        names: Vec<String>,
        /// Writes what was printed in the place of what the pages say
        #[arg(long)]
        update: bool,
        /// Replays blocks that need foreign programs too
        #[arg(long)]
        peers: bool,
    },
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Transcripts { names, update, peers } => transcripts(&names, update, peers),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("check: {message}");
            ExitCode::FAILURE
        }
    }
}

fn transcripts(names: &[String], update: bool, peers: bool) -> Result<(), String> {
    let (mut pages, mut failures) = pages::of_the_book()?;
    let is_asked_for =
        |path: &str| names.is_empty() || names.iter().any(|name| path.contains(name));
    pages.retain(|page| is_asked_for(&workspace::relative(&page.path)));
    failures.retain(|failure: &Failure| is_asked_for(&failure.page));
    let settings = Settings {
        www: workspace::root().join("www"),
        executables: workspace::build(&pages::programs(&pages))?,
        peers: if peers { Peers::Promised } else { Peers::NotPromised },
        update: if update { Update::Yes } else { Update::No },
    };
    let outcome = replay::all(&pages, &settings)?;
    failures.extend(outcome.failures);
    for failure in &failures {
        println!("{failure}\n");
    }
    println!("transcripts: {} replayed, {} not", outcome.replayed, outcome.not.len());
    match failures.len() {
        0 => Ok(()),
        n => Err(format!("{n} failed")),
    }
}
