//! The servers of a page while it is replayed.
//!
//! *Strategy*: a server is started when the first block asks for it and lives until the page's end.
//! The page shows port 8000, or the port that its command names; the real one is free and secret,
//! and [`Servers::mapping`] says which stands for which.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::time::Duration;

use crate::sandbox::Sandbox;
use crate::server::{self, Launch, PortArgument, Server};
use crate::transcripts::normalise::{Mapping, SHOWN_PORT};
use crate::transcripts::output;
use crate::transcripts::pages::Block;
use crate::transcripts::replay::Update;
use crate::workspace::Program;

/// How long a server is listened to when there is no page to compare with.
const STILLNESS: Duration = Duration::from_millis(500);

/// The servers that a page has started so far.
pub(super) struct Servers<'a> {
    sandbox: &'a Sandbox,
    executables: &'a [(Program, PathBuf)],
    running: Vec<Running<'a>>,
}

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

impl<'a> Servers<'a> {
    pub(super) fn new(sandbox: &'a Sandbox, executables: &'a [(Program, PathBuf)]) -> Self {
        Self { sandbox, executables, running: Vec::new() }
    }

    /// Which ports stand for which: the block's own server, then those in the background, else
    /// a port on which nobody listens.
    pub(super) fn mapping(&mut self, block: &'a Block) -> Result<Mapping, String> {
        let mut ports: Vec<(u16, u16)> = Vec::new();
        if let Some((program, args)) = &block.server {
            let is_it = |running: &Running<'_>| running.block.server == block.server;
            let at = match self.running.iter().position(is_it) {
                Some(at) => at,
                None => self.start(block, program, args)?,
            };
            ports.push(self.running[at].ports());
        }
        let background = self.running.iter().filter(|running| running.block.attributes.background);
        for (shown, real) in background.rev().map(Running::ports) {
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

    /// Starts the server of a background block and gives what it printed, up to its URL.
    pub(super) fn start_in_background(
        &mut self,
        block: &'a Block,
        program: &'a Program,
        args: &[String],
    ) -> Result<Vec<String>, String> {
        let at = self.start(block, program, args)?;
        let running = &mut self.running[at];
        let mut printed = running.lines(&running.server.printed(), self.sandbox)?;
        let url = printed.iter().position(|line| line.contains("http://"));
        running.shown_lines = url.map_or(printed.len(), |at| at + 1);
        printed.truncate(running.shown_lines);
        Ok(printed)
    }

    /// What a background server has printed since the page showed it last.
    pub(super) fn printed_by(
        &mut self,
        of: &str,
        block: &Block,
        update: Update,
    ) -> Result<Vec<String>, String> {
        let found = self.running.iter_mut().find(|running| running.block.attributes.id == of);
        let running = found.ok_or(format!(
            "of={of}: no background block with this id stands before it on the page"
        ))?;
        let (lines, deadline) = match update {
            Update::No => (running.shown_lines + block.fence.body.len(), block.attributes.deadline),
            Update::Yes => (usize::MAX, STILLNESS),
        };
        let printed = running.server.printed_lines(lines, deadline);
        let mut printed = running.lines(&printed, self.sandbox)?;
        let fresh = printed.split_off(running.shown_lines.min(printed.len()));
        running.shown_lines += fresh.len();
        Ok(fresh)
    }

    /// Stops all servers as Ctrl-C does, and gives what went wrong, with the block that had
    /// started each.
    pub(super) fn stop_all(&mut self) -> Vec<(&'a Block, String)> {
        let all = std::mem::take(&mut self.running).into_iter();
        let stopped = all.map(|running| (running.block, stop(running.server, running.program)));
        stopped.filter_map(|(block, result)| Some((block, result.err()?.to_string()))).collect()
    }

    /// Starts a server and gives its place.
    fn start(
        &mut self,
        block: &'a Block,
        program: &'a Program,
        args: &[String],
    ) -> Result<usize, String> {
        let (shown_port, args) = without_port(args);
        let built = self.executables.iter().find(|(built, _)| built == program);
        let (_, executable) = built.ok_or_else(|| format!("`{program}` was not built"))?;
        let launch = Launch {
            program: executable,
            args: &args,
            port: port_argument(program),
            deadline: block.attributes.deadline,
        };
        let started = Server::start(self.sandbox, &launch);
        let server = started.map_err(|error| format!("{}: {error}", program.name()))?;
        self.running.push(Running { server, block, program, shown_port, shown_lines: 0 });
        Ok(self.running.len() - 1)
    }
}

impl Running<'_> {
    fn ports(&self) -> (u16, u16) {
        (self.shown_port, self.server.address.port())
    }

    fn lines(&self, printed: &str, sandbox: &Sandbox) -> Result<Vec<String>, String> {
        output::lines(
            printed.as_bytes(),
            &Mapping { ports: vec![self.ports()], folder: sandbox.folder() },
        )
    }
}

/// The small examples are told their address; they are not asked to know flags.
fn port_argument(program: &Program) -> PortArgument {
    match program {
        Program::Binary { .. } | Program::WithPython => PortArgument::Flag,
        Program::Example { .. } => PortArgument::Address,
    }
}

/// Stops a server. A binary ends with status 0; an example may die of the signal.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(args: &str, port: u16, kept: &str) {
        let args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
        let (shown, left) = without_port(&args);
        assert_eq!((shown, left.join(" ").as_str()), (port, kept));
    }

    #[test]
    fn the_port_that_the_page_shows_is_taken_out() {
        check("", 8000, "");
        check("--root ./www --port 8080 --quiet", 8080, "--root ./www --quiet");
        check("--port=8081", 8081, "");
        check("--addr 127.0.0.1:8082 --xray", 8082, "--xray");
        check("--addr 127.0.0.1", 8000, "");
    }
}
