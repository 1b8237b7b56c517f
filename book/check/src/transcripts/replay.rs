//! Runs the transcripts of a page and compares.
//!
//! *Strategy*: a page gets a sandbox; its blocks run in order. A server is started when the first
//! block asks for it, lives until the page's end, and is then stopped with SIGINT. What a block
//! printed is compared whole, after [what differs by nature](super::normalise) was replaced.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crate::diff;
use crate::markdown;
use crate::process;
use crate::sandbox::Sandbox;
use crate::transcripts::Failure;
use crate::transcripts::commands::Runnable;
use crate::transcripts::exchange::Exchange;
use crate::transcripts::normalise::{Mapping, compared};
use crate::transcripts::output;
use crate::transcripts::pages::{Action, Block, Page};
use crate::transcripts::servers::Servers;
use crate::workspace::{self, Program};

/// Pages that are replayed at a time: most of their time is waiting.
const WORKERS: usize = 4;

/// What a replay is made with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that is copied as `www/`.
    pub www: PathBuf,
    /// The programs of the workspace, built.
    pub executables: Vec<(Program, PathBuf)>,
    /// Whether blocks with `needs=` are replayed.
    pub peers: Peers,
    /// Whether a block that differs is a failure or is written anew.
    pub update: Update,
}

/// Whether foreign programs are promised to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peers {
    /// The feature `peers` is on: a missing program is a failure.
    Promised,
    /// It is off: blocks that need one are counted as not replayed.
    NotPromised,
}

/// What becomes of a block whose output differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// It is a failure.
    No,
    /// The page is rewritten.
    Yes,
}

/// What came of a replay.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many transcripts were replayed.
    pub replayed: usize,
    /// How many were not, and which.
    pub not: Vec<String>,
    /// What went wrong.
    pub failures: Vec<Failure>,
    /// The page's new text, if blocks were rewritten.
    pub rewritten: Option<String>,
}

/// Replays the transcripts of all `pages`, some at a time, and writes those that are rewritten.
///
/// # Errors
/// When a page cannot be written.
pub fn all(pages: &[Page], settings: &Settings) -> Result<Outcome, String> {
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || pages.get(next.fetch_add(1, Ordering::Relaxed));
        std::iter::from_fn(take).map(|page| (page, replay(page, settings))).collect::<Vec<_>>()
    };
    let mut done = Vec::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            done.extend(worker.join().map_err(|_| "a replay panicked")?);
        }
        Ok::<(), String>(())
    })?;
    done.sort_by_key(|(page, _)| &page.path);
    let mut all = Outcome::default();
    for (page, outcome) in done {
        all.replayed += outcome.replayed;
        all.not.extend(outcome.not);
        all.failures.extend(outcome.failures);
        if let Some(text) = outcome.rewritten {
            fs::write(&page.path, text)
                .map_err(|error| format!("{}: {error}", page.path.display()))?;
        }
    }
    Ok(all)
}

/// Replays the transcripts of `page`.
#[must_use]
pub fn replay(page: &Page, settings: &Settings) -> Outcome {
    let mut outcome = Outcome::default();
    if page.blocks.is_empty() {
        return outcome;
    }
    let executables =
        settings.executables.iter().map(|(program, path)| (program.name(), path.as_path()));
    let with_python =
        settings.peers == Peers::Promised && page.blocks.iter().any(Block::uses_python);
    let sandbox = Sandbox::new(&settings.www, executables).and_then(|sandbox| {
        if with_python {
            sandbox.lay_python()?;
        }
        Ok(sandbox)
    });
    match sandbox {
        Ok(sandbox) => {
            let servers = Servers::new(&sandbox, &settings.executables);
            let mut player =
                Player { page, settings, sandbox: &sandbox, servers, bodies: Vec::new() };
            player.play(&mut outcome);
            player.compare(&mut outcome);
        }
        Err(error) => outcome.failures.push(failure(
            page,
            &page.blocks[0],
            format!("no temporary folder: {error}"),
        )),
    }
    outcome
}

fn failure(page: &Page, block: &Block, what: String) -> Failure {
    Failure {
        page: workspace::relative(&page.path),
        line: block.fence.line,
        id: Some(block.attributes.id.clone()),
        what,
    }
}

/// A page while it is replayed.
struct Player<'a> {
    page: &'a Page,
    settings: &'a Settings,
    sandbox: &'a Sandbox,
    servers: Servers<'a>,
    /// The body that each replayed block should have, in order.
    bodies: Vec<(&'a Block, Vec<String>)>,
}

impl<'a> Player<'a> {
    /// Runs all blocks, then stops the page's servers.
    fn play(&mut self, outcome: &mut Outcome) {
        for block in &self.page.blocks {
            if self.is_left_out(block) {
                outcome.not.push(block.attributes.id.clone());
                continue;
            }
            match self.play_block(block) {
                Ok(body) => self.bodies.push((block, body)),
                Err(what) => outcome.failures.push(failure(self.page, block, what)),
            }
            outcome.replayed += 1;
        }
        for (block, what) in self.servers.stop_all() {
            outcome.failures.push(failure(self.page, block, what));
        }
    }

    /// Blocks that need what this run does not promise; and what a server has printed, when a
    /// block was left out that should have asked it.
    fn is_left_out(&self, block: &Block) -> bool {
        let needs = |block: &Block| !block.attributes.needs.is_empty();
        let before =
            self.page.blocks.iter().take_while(|other| other.fence.line < block.fence.line);
        let asked_less = || match &block.action {
            Action::PrintedBy(of) => {
                before.skip_while(|other| other.attributes.id != *of).any(needs)
            }
            _ => false,
        };
        self.settings.peers == Peers::NotPromised && (needs(block) || asked_less())
    }

    /// The body that `block` should have.
    fn play_block(&mut self, block: &'a Block) -> Result<Vec<String>, String> {
        let end = Instant::now() + block.attributes.deadline;
        match &block.action {
            Action::Run(exchanges) => {
                let mapping = self.servers.mapping(block)?;
                let mut body = Vec::new();
                for (index, (exchange, runnable)) in exchanges.iter().enumerate() {
                    let exit = if index + 1 == exchanges.len() { block.attributes.exit } else { 0 };
                    body.extend(exchange.prompt.clone());
                    let printed = self.run(runnable, &mapping, end, exit);
                    body.extend(printed.map_err(|what| format!("$ {}\n{what}", exchange.command))?);
                }
                Ok(body)
            }
            Action::Background(Exchange { prompt, .. }, program, args) => {
                let printed = self.servers.start_in_background(block, program, args)?;
                Ok([prompt.clone(), printed].concat())
            }
            Action::PrintedBy(of) => self.servers.printed_by(of, block, self.settings.update),
        }
    }

    /// Runs one command and gives the lines that it printed.
    fn run(
        &self,
        runnable: &Runnable,
        mapping: &Mapping,
        end: Instant,
        exit: i32,
    ) -> Result<Vec<String>, String> {
        if let Some(missing) = runnable.programs.iter().find(|program| !self.sandbox.has(program)) {
            return Err(format!("`{missing}` is not installed on this machine"));
        }
        let mut command = self.sandbox.command("/bin/sh");
        command.arg("-c").arg(mapping.to_real(&runnable.line));
        let left = end.saturating_duration_since(Instant::now());
        let finished = process::run(command, left).map_err(|error| match error {
            process::Error::Expired { .. } => format!(
                "{error}\n(a server that keeps running needs the attribute `background`; \
                 more time is given with deadline=SECONDS)"
            ),
            error => error.to_string(),
        })?;
        let lines = output::lines(&finished.output, mapping)?;
        if finished.status.code() == Some(exit) {
            return Ok(lines);
        }
        Err(format!(
            "ended with {}, not with {exit} (the attribute exit=N says what is meant); it printed\n{}",
            finished.status,
            lines.join("\n")
        ))
    }

    /// Says where the page is not what was printed, or makes it so.
    fn compare(&self, outcome: &mut Outcome) {
        let mut text = self.page.text.clone();
        // From the end, so that the lines of what comes before stay where they are.
        for (block, body) in self.bodies.iter().rev() {
            let (page, run) = (compared(&block.fence.body.join("\n")), compared(&body.join("\n")));
            if page == run {
                continue;
            }
            match self.settings.update {
                Update::Yes => text = markdown::replace_body(&text, &block.fence, body),
                Update::No => {
                    outcome.failures.push(failure(self.page, block, differs(&page, &run)));
                }
            }
        }
        outcome.failures.sort_by_key(|failure| failure.line);
        outcome.rewritten = (text != self.page.text).then_some(text);
    }
}

fn differs(page: &str, run: &str) -> String {
    format!(
        "the output is not what the page says (- page, + output); \
         UPDATE=1 cargo test -p check rewrites it\n{}",
        diff::lines(page, run)
    )
}
