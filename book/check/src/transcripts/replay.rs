//! Runs the transcripts of a page and compares.
//!
//! *Strategy*: a page gets a sandbox; its blocks run in order. A server is started when the first
//! block asks for it, lives until the page's end, and is then stopped with SIGINT. What a block
//! printed is compared whole, after [what differs by nature](super::normalise) was replaced.

use std::fmt::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::diff;
use crate::markdown;
use crate::process;
use crate::sandbox::Sandbox;
use crate::server::{self, Launch, PortArgument, Server};
use crate::transcripts::Failure;
use crate::transcripts::commands::Runnable;
use crate::transcripts::exchange::Exchange;
use crate::transcripts::normalise::{Mapping, SHOWN_PORT, compared};
use crate::transcripts::pages::{Action, Block, Page};
use crate::workspace::{self, Program};

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

/// Replays the transcripts of all `pages`, and writes those that are rewritten.
///
/// # Errors
/// When a page cannot be written.
pub fn all(pages: &[Page], settings: &Settings) -> Result<Outcome, String> {
    let mut all = Outcome::default();
    for page in pages {
        let outcome = replay(page, settings);
        all.replayed += outcome.replayed;
        all.not.extend(outcome.not);
        all.failures.extend(outcome.failures);
        if let Some(text) = outcome.rewritten {
            std::fs::write(&page.path, text)
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
    match Sandbox::new(&settings.www, executables) {
        Ok(sandbox) => {
            let mut player =
                Player { page, settings, sandbox, servers: Vec::new(), bodies: Vec::new() };
            player.play(&mut outcome);
            outcome.rewritten = player.rewritten();
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
    sandbox: Sandbox,
    servers: Vec<Running<'a>>,
    /// The body that each replayed block should have, in order.
    bodies: Vec<(&'a Block, Vec<String>)>,
}

/// A server of the page.
struct Running<'a> {
    server: Server,
    /// The block that started it.
    block: &'a Block,
    program: &'a Program,
    /// The port that the page shows.
    shown_port: u16,
    /// How much of its output the page has shown.
    shown_lines: usize,
}

impl<'a> Player<'a> {
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
        for running in std::mem::take(&mut self.servers) {
            if let Err(error) = stop(running.server, running.program) {
                outcome.failures.push(failure(self.page, running.block, error.to_string()));
            }
        }
        if self.settings.update == Update::No {
            for (block, body) in &self.bodies {
                let (page, run) =
                    (compared(&block.fence.body.join("\n")), compared(&body.join("\n")));
                if page != run {
                    let what = format!(
                        "the output is not what the page says (- page, + output); \
                         UPDATE=1 cargo test -p check rewrites it\n{}",
                        diff::lines(&page, &run)
                    );
                    outcome.failures.push(failure(self.page, block, what));
                }
            }
        }
    }

    /// Blocks that need what this run does not promise, and blocks that follow from such.
    fn is_left_out(&self, block: &Block) -> bool {
        let of_a_missing_one = || match &block.action {
            Action::PrintedBy(of) => self.page.blocks.iter().find(|b| b.attributes.id == *of),
            _ => None,
        };
        let needs = |block: &Block| !block.attributes.needs.is_empty();
        self.settings.peers == Peers::NotPromised
            && (needs(block) || of_a_missing_one().is_some_and(needs))
    }

    /// The body that `block` should have.
    fn play_block(&mut self, block: &'a Block) -> Result<Vec<String>, String> {
        let end = Instant::now() + block.attributes.deadline;
        match &block.action {
            Action::Run(exchanges) => {
                let mapping = self.mapping(block)?;
                let mut body = Vec::new();
                for (index, (exchange, runnable)) in exchanges.iter().enumerate() {
                    let exit = if index + 1 == exchanges.len() { block.attributes.exit } else { 0 };
                    body.extend(exchange.prompt.clone());
                    body.extend(self.run(exchange, runnable, &mapping, end, exit)?);
                }
                Ok(body)
            }
            Action::Background(exchange, program, args) => {
                let mut body = exchange.prompt.clone();
                body.extend(self.start(block, program, args)?);
                Ok(body)
            }
            Action::PrintedBy(of) => self.printed_by(of, block),
        }
    }

    /// Runs one command and gives the lines that it printed.
    fn run(
        &self,
        exchange: &Exchange,
        runnable: &Runnable,
        mapping: &Mapping,
        end: Instant,
        exit: i32,
    ) -> Result<Vec<String>, String> {
        let shown = &exchange.command;
        if let Some(missing) = runnable.programs.iter().find(|program| !self.sandbox.has(program)) {
            return Err(format!("$ {shown}\n`{missing}` is not installed on this machine"));
        }
        let mut command = self.sandbox.command("/bin/sh");
        command.arg("-c").arg(mapping.to_real(&runnable.line));
        let left = end.saturating_duration_since(Instant::now());
        let finished = process::run(command, left).map_err(|error| match error {
            process::Error::Expired { .. } => format!(
                "$ {shown}\n{error}\n(a server that keeps running needs the attribute `background`; \
                 more time is given with deadline=SECONDS)"
            ),
            error => format!("$ {shown}\n{error}"),
        })?;
        let lines =
            lines(&finished.output, mapping).map_err(|what| format!("$ {shown}\n{what}"))?;
        if finished.status.code() != Some(exit) {
            return Err(format!(
                "$ {shown}\nended with {}, not with {exit} (the attribute exit=N says what is meant); it printed\n{}",
                finished.status,
                lines.join("\n")
            ));
        }
        Ok(lines)
    }

    /// Starts the server of a background block and gives what it printed up to its URL.
    fn start(
        &mut self,
        block: &'a Block,
        program: &'a Program,
        args: &'a [String],
    ) -> Result<Vec<String>, String> {
        let (shown_port, args) = without_port(args);
        self.start_server(block, program, &args, shown_port)?;
        let folder = self.sandbox.folder();
        match self.servers.last_mut() {
            Some(running) => {
                let mapping =
                    Mapping { ports: vec![(shown_port, running.server.address.port())], folder };
                let printed = lines(running.server.printed().as_bytes(), &mapping)?;
                let is_url = |line: &String| line.contains("http://");
                running.shown_lines =
                    printed.iter().position(is_url).map_or(printed.len(), |at| at + 1);
                Ok(printed[..running.shown_lines].to_vec())
            }
            None => Ok(Vec::new()),
        }
    }

    fn start_server(
        &mut self,
        block: &'a Block,
        program: &'a Program,
        args: &[String],
        shown_port: u16,
    ) -> Result<(), String> {
        let executable = self.executable(program)?;
        let launch = Launch {
            program: executable,
            args,
            port: port_argument(program),
            deadline: block.attributes.deadline,
        };
        let server = Server::start(&self.sandbox, &launch)
            .map_err(|error| format!("{}: {error}", program.name()))?;
        self.servers.push(Running { server, block, program, shown_port, shown_lines: 0 });
        Ok(())
    }

    fn executable(&self, program: &Program) -> Result<&'a Path, String> {
        let built = self.settings.executables.iter().find(|(built, _)| built == program);
        built.map(|(_, path)| path.as_path()).ok_or_else(|| format!("`{program}` was not built"))
    }

    /// What a background server has printed since the page showed it last.
    fn printed_by(&mut self, of: &str, block: &Block) -> Result<Vec<String>, String> {
        let folder = self.sandbox.folder();
        let running = self
            .servers
            .iter_mut()
            .find(|running| running.block.attributes.id == of)
            .ok_or_else(|| {
                format!("of={of}: no background block with this id stands before it on the page")
            })?;
        // Without a page to compare with, the output is complete when it has been still for a while.
        let (wanted, deadline) = match self.settings.update {
            Update::No => (block.fence.body.len(), block.attributes.deadline),
            Update::Yes => (usize::MAX, Duration::from_millis(500)),
        };
        let wanted = running.shown_lines.saturating_add(wanted);
        let mapping =
            Mapping { ports: vec![(running.shown_port, running.server.address.port())], folder };
        let printed = lines(running.server.printed_lines(wanted, deadline).as_bytes(), &mapping)?;
        let fresh = printed[running.shown_lines.min(printed.len())..].to_vec();
        running.shown_lines = printed.len();
        Ok(fresh)
    }

    /// Which ports stand for which: the block's own server, else the page's, else nobody's.
    fn mapping(&mut self, block: &'a Block) -> Result<Mapping, String> {
        let mut ports: Vec<(u16, u16)> = Vec::new();
        if let Some((program, args)) = &block.server {
            let is_it =
                |running: &&Running<'_>| running.block.server.as_ref() == block.server.as_ref();
            if self.servers.iter().find(is_it).is_none() {
                let (shown_port, args) = without_port(args);
                self.start_server(block, program, &args, shown_port)?;
            }
            ports.extend(self.servers.iter().find(is_it).map(Running::ports));
        }
        let background = self.servers.iter().filter(|running| running.block.attributes.background);
        for running in background.rev() {
            let (shown, real) = running.ports();
            if ports.iter().all(|(other, _)| *other != shown) {
                ports.push((shown, real));
            }
        }
        if ports.iter().all(|(shown, _)| *shown != SHOWN_PORT) {
            let nobodys = server::free_port().map_err(|error| error.to_string())?;
            ports.push((SHOWN_PORT, nobodys));
        }
        Ok(Mapping { ports, folder: self.sandbox.folder() })
    }

    /// The page with the blocks that differ written anew.
    fn rewritten(&self) -> Option<String> {
        if self.settings.update == Update::No {
            return None;
        }
        let differs = |block: &Block, body: &[String]| {
            compared(&block.fence.body.join("\n")) != compared(&body.join("\n"))
        };
        let mut changed: Vec<_> =
            self.bodies.iter().filter(|(block, body)| differs(block, body)).collect();
        // From the end, so that the lines of what comes before stay where they are.
        changed.reverse();
        let rewrite = |text: String, (block, body): &(&Block, Vec<String>)| {
            markdown::replace_body(&text, &block.fence, body)
        };
        (!changed.is_empty()).then(|| changed.into_iter().fold(self.page.text.clone(), rewrite))
    }
}

impl Running<'_> {
    fn ports(&self) -> (u16, u16) {
        (self.shown_port, self.server.address.port())
    }
}

/// The small examples are told their address; they are not asked to know signals.
fn port_argument(program: &Program) -> PortArgument {
    match program {
        Program::Binary { .. } => PortArgument::Flag,
        Program::Example { .. } => PortArgument::Address,
    }
}

/// Stops a server as Ctrl-C does. A binary ends with status 0; an example may die of the signal.
fn stop(server: Server, program: &Program) -> Result<(), server::Error> {
    let status = server.stop()?;
    let of_the_signal = status.signal() == Some(rustix::process::Signal::INT.as_raw());
    match program {
        _ if status.success() => Ok(()),
        Program::Example { .. } if of_the_signal => Ok(()),
        _ => Err(server::Error::BadEnd(status.to_string())),
    }
}

/// A server's arguments without `--port` and `--addr`, and the port that the page shows.
fn without_port(args: &[String]) -> (u16, Vec<String>) {
    let mut kept = Vec::new();
    let mut shown = SHOWN_PORT;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg.as_str(), None),
        };
        match name {
            "--port" | "--addr" => {
                shown = port_of(value.or_else(|| args.next().map(String::as_str)));
            }
            _ => kept.push(arg.clone()),
        }
    }
    (shown, kept)
}

/// The port of `8080`, `HOST:8080` or `HOST`.
fn port_of(value: Option<&str>) -> u16 {
    value.and_then(|value| value.rsplit(':').next()?.parse().ok()).unwrap_or(SHOWN_PORT)
}

/// Output as the lines of a page.
fn lines(output: &[u8], mapping: &Mapping) -> Result<Vec<String>, String> {
    let text =
        std::str::from_utf8(output).map_err(|_| "the output is not text: a page cannot show it")?;
    let text = mapping.to_shown(text).replace("\r\n", "\n");
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        let mut what = format!("the output holds {c:?}, which a page cannot show:\n");
        let _ = write!(what, "{text:?}");
        return Err(what);
    }
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match lines.iter().find(|line| line.starts_with("$ ") || line.starts_with("```")) {
        Some(line) => Err(format!(
            "the output holds the line `{line}`, which a page would take for something else"
        )),
        None => Ok(lines),
    }
}
