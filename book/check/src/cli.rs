//! The command line of `check`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::figures;
use crate::hostile::{self, ALLOWED};
use crate::target::{self, Step};
use crate::transcripts::replay::{self, Peers, Settings, Update};
use crate::transcripts::{Failure, pages};
use crate::weaknesses::{self, Finding};
use crate::{wire_views, workspace};

/// What the tests of the book do, one piece at a time.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replays the transcripts of the book, or of the pages whose path holds one of NAMES
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
    /// Shows what each step still gets wrong, and that the step named puts it right
    Weaknesses {
        /// Weaknesses by name; all without
        ids: Vec<String>,
        /// Shows those of applications in Python too
        #[arg(long)]
        peers: bool,
    },
    /// Sends every server of the book what no proper client sends, and prints what came back
    Hostile,
    /// Captures the wire views of the book, or those of NAMES, and prints them
    Wire {
        /// Views by name: `c2-request`
        names: Vec<String>,
        /// Writes them into `book/figures`
        #[arg(long)]
        update: bool,
    },
    /// Measures and prints the figures of the book, or those of NAMES; run it with `--release`
    Figure {
        /// Figures by name: `stall`
        names: Vec<String>,
        /// Writes what was measured into `book/figures`
        #[arg(long)]
        update: bool,
    },
}

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Transcripts { names, update, peers } => transcripts(&names, update, peers),
        Command::Weaknesses { ids, peers } => weaknesses(&ids, peers),
        Command::Hostile => hostile(),
        Command::Wire { names, update } => wire(&names, update),
        Command::Figure { names, update } => figure(&names, update),
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
    let peers = if peers { Peers::Promised } else { Peers::NotPromised };
    let settings = Settings {
        www: workspace::root().join("www"),
        executables: workspace::build(&pages::programs(&pages, peers))?,
        peers,
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

fn weaknesses(ids: &[String], peers: bool) -> Result<(), String> {
    let mut list = weaknesses::list()?;
    if let Some(unknown) = ids.iter().find(|id| list.iter().all(|weakness| weakness.id != **id)) {
        return Err(format!("there is no weakness `{unknown}` in {}", weaknesses::LIST));
    }
    list.retain(|weakness| match ids {
        [] => peers || !weakness.needs_python(),
        ids => ids.contains(&weakness.id),
    });
    let findings = weaknesses::examine_all(&list, &target::build(&weaknesses::steps(&list))?);
    for finding in &findings {
        println!("{finding}");
    }
    println!("{}", Finding::summary(&findings));
    result_of(&findings.iter().flat_map(Finding::problems).collect::<Vec<_>>())
}

fn hostile() -> Result<(), String> {
    let columns = hostile::run_all(&target::build(&Step::BUILT)?)?;
    print!("{}", hostile::table(&columns));
    let problems = columns.iter().flat_map(|(step, rows)| hostile::problems(*step, rows, ALLOWED));
    result_of(&problems.collect::<Vec<_>>())
}

fn wire(names: &[String], update: bool) -> Result<(), String> {
    let views = wire_views::named(names)?;
    let executables = wire_views::build(&views)?;
    for view in views {
        let drawn = view.draw(&executables)?;
        print!("{drawn}");
        if update {
            std::fs::write(workspace::root().join(view.file()), drawn)
                .map_err(|error| format!("{}: {error}", view.file()))?;
        }
    }
    Ok(())
}

fn figure(names: &[String], update: bool) -> Result<(), String> {
    for figure in figures::named(names)? {
        let text = figure.text()?;
        println!("{}\n{text}", figure.file());
        if update {
            figures::write(figure, &text)?;
        }
    }
    Ok(())
}

fn result_of(problems: &[String]) -> Result<(), String> {
    match problems {
        [] => Ok(()),
        problems => Err(problems.join("\n")),
    }
}
