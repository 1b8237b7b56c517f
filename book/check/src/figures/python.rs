//! The same applications in Python under our server and under others, and without any.
//!
//! *Strategy*: all servers of an application run at the same time, and are asked in turn, round
//! after round: what else the machine does, it does to all of them. What each application costs
//! that is called in a loop, without a server, is measured in the same rounds: it is the floor.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::load::{self, Kept};
use super::servers::{PATH, Running};
use super::{left_out, median, rounded, table};
use crate::process;
use crate::sandbox::Sandbox;
use crate::workspace::{self, Program};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(500);

/// A difference up to this says nothing.
const NEARLY: f64 = 1.05;

/// What is posted.
const POSTED: usize = 64 << 10;

/// An application of `book/check/figures/python_applications.py`, and how it is asked.
struct Column {
    head: &'static str,
    application: &'static str,
    workers: usize,
    connections: usize,
}

const fn column(
    head: &'static str,
    application: &'static str,
    workers: usize,
    connections: usize,
) -> Column {
    Column { head, application, workers, connections }
}

/// The smallest application, with more and more clients.
const HELLO: &[Column] = &[
    column("1 connection", "hello", 1, 1),
    column("64 connections", "hello", 1, 64),
    column("256 connections", "hello", 1, 256),
    column("2 workers, 64", "hello", 2, 64),
    column("2 workers, 256", "hello", 2, 256),
];

/// Applications that do something, in one process.
const OTHERS: &[Column] = &[
    column("hello with its length", "hello_with_length", 1, 64),
    column("64 KiB are posted", "count", 1, 64),
    column("a file of 544 bytes", "files", 1, 64),
    column("Flask", "flask_hello", 1, 64),
    column("1 MiB is sent", "mebibyte", 1, 1),
];

/// A server: its name, its package, and whether it can have two processes.
struct Server {
    name: &'static str,
    package: Option<&'static str>,
    has_workers: bool,
}

/// Ours is the first.
const SERVERS: &[Server] = &[
    Server { name: "step 5", package: None, has_workers: true },
    Server { name: "fastwsgi", package: Some("fastwsgi"), has_workers: true },
    Server { name: "bjoern", package: Some("bjoern"), has_workers: true },
    Server { name: "gunicorn", package: Some("gunicorn"), has_workers: true },
    Server { name: "waitress", package: Some("waitress"), has_workers: false },
    Server { name: "wsgiref", package: None, has_workers: false },
];

pub(super) fn measure() -> Result<String, String> {
    let stage = Stage::build()?;
    let (installed, missing): (Vec<_>, Vec<_>) =
        SERVERS.iter().partition(|server| stage.has(server.package));
    let missing: Vec<&str> = missing.iter().map(|server| server.name).collect();
    let (mut troubles, mut ahead) = (Vec::new(), Vec::new());
    let mut measured = |columns: &[Column]| -> Result<String, String> {
        let mut rows: Vec<Vec<String>> = std::iter::once("no server")
            .chain(installed.iter().map(|server| server.name))
            .chain(["step 5 to the best"])
            .map(|name| vec![name.to_owned()])
            .collect();
        for column in columns {
            let costs = stage.costs(column, &installed, &mut troubles)?;
            let (best, ratio) = the_best(&costs[1..]).unzip();
            if let Some(best) = best
                && ratio > Some(NEARLY)
            {
                ahead.push(format!("{} ({})", installed[best].name, column.head));
            }
            let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
            let cells = costs.iter().map(|costs| shown(costs)).chain([ratio]);
            for (row, cell) in rows.iter_mut().zip(cells) {
                row.push(cell);
            }
        }
        let heads: Vec<&str> = columns.iter().map(|column| column.head).collect();
        Ok(table(&[&["µs of a processor"], heads.as_slice()].concat(), &rows))
    };
    let (hello, others) = (measured(HELLO)?, measured(OTHERS)?);
    troubles.dedup();
    Ok(format!(
        "Hello, and nothing about its length, with more and more clients:\n\n{hello}\n\
         Other applications, one process, 64 connections (1 MiB: one connection):\n\n{others}\n\
         Processor time of a server and of all its processes for one request, on connections that \
         stay open where the server lets them; in the first row, of the application alone, which a \
         loop calls. Medians of {ROUNDS} rounds, in which the servers \
         take turns. {}\n\n{}\n{}{}",
        stage.versions(&installed),
        in_words(&ahead),
        left_out(&missing),
        troubles.iter().map(|trouble| format!("\nNo number: {trouble}.\n")).collect::<String>(),
    ))
}

fn in_words(ahead: &[String]) -> String {
    match ahead {
        [] => "In no column is step 5 more than 5 % behind the best of the others.".to_owned(),
        ahead => format!("Where step 5 is more than 5 % behind, the best: {}.", ahead.join(", ")),
    }
}

/// A cell.
fn shown(costs: &[f64]) -> String {
    if costs.is_empty() { "–".to_owned() } else { rounded(median(costs.to_vec())) }
}

/// Which of the others is the cheapest, and what ours, the first, is to it: round by round, and the
/// median of that.
fn the_best(costs: &[Vec<f64>]) -> Option<(usize, f64)> {
    let (ours, others) = costs.split_first()?;
    let cost = |costs: &[f64]| median(costs.to_vec());
    let measured = (1..).zip(others).filter(|(_, costs)| !costs.is_empty());
    let (at, best) = measured.min_by(|(_, a), (_, b)| cost(a).total_cmp(&cost(b)))?;
    let ratio = median(ours.iter().zip(best).map(|(ours, best)| ours / best).collect());
    (!ratio.is_nan()).then_some((at, ratio))
}

/// Where the servers run, and what with.
struct Stage {
    sandbox: Sandbox,
    ours: PathBuf,
    /// The virtual environment, if it is there.
    venv: Option<PathBuf>,
}

impl Stage {
    fn build() -> Result<Self, String> {
        let built = workspace::build_for_speed(&[Program::WithPython].into())?;
        let (_, ours) = built.into_iter().next().ok_or("it is not built")?;
        let sandbox =
            Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
        let venv = Some(workspace::python_peers()?).filter(|path| path.join("bin/python").exists());
        Ok(Self { sandbox, ours, venv })
    }

    /// Python, with the scripts of the figure.
    fn python(&self, arguments: &[&str]) -> Command {
        let own = self.venv.as_ref().map(|venv| venv.join("bin/python"));
        let mut command = self.sandbox.command(own.unwrap_or_else(|| "python3".into()));
        command.arg("-B").args(arguments).current_dir(self.sandbox.folder());
        command
    }

    fn has(&self, package: Option<&str>) -> bool {
        package.is_none_or(|package| self.says(&format!("import {package}")).is_some())
    }

    /// What a line of Python prints; nothing if it fails.
    fn says(&self, line: &str) -> Option<String> {
        let finished = process::run(self.python(&["-c", line]), Duration::from_secs(30)).ok()?;
        let printed = String::from_utf8_lossy(&finished.output).trim().to_owned();
        finished.status.success().then_some(printed)
    }

    fn versions(&self, installed: &[&Server]) -> String {
        let of = |package: &str| {
            let line = format!("import importlib.metadata as m; print(m.version({package:?}))");
            Some(format!("{package} {}", self.says(&line)?))
        };
        let python = self.says("import platform; print(platform.python_version())");
        let packages = installed.iter().filter_map(|server| of(server.package?));
        let python = python.map(|version| format!("Python {version}"));
        let all: Vec<_> = python.into_iter().chain(packages).chain(of("flask")).collect();
        format!("{}.", all.join(", "))
    }

    /// What a request costs, round by round: without a server, then with each of them. Where a
    /// server other than ours does not do it, its list is empty, and `troubles` says why.
    fn costs(
        &self,
        column: &Column,
        servers: &[&Server],
        troubles: &mut Vec<String>,
    ) -> Result<Vec<Vec<f64>>, String> {
        let mut costs = vec![Vec::new(); servers.len() + 1];
        if column.application == "flask_hello" && !self.has(Some("flask")) {
            return Ok(costs);
        }
        let mut running = Vec::new();
        for server in servers {
            let plays = column.workers == 1 || server.has_workers;
            running.push(match plays.then(|| self.start(server, column)) {
                None => None,
                Some(Ok(running)) => Some(running),
                Some(Err(trouble)) if server.name == SERVERS[0].name => return Err(trouble),
                Some(Err(trouble)) => {
                    troubles.push(trouble);
                    None
                }
            });
        }
        for _ in 0..ROUNDS {
            costs[0].push(self.floor(column)?);
            for (at, server) in servers.iter().enumerate() {
                let Some(process) = &running[at] else { continue };
                match cost(process, column) {
                    Ok(cost) => costs[at + 1].push(cost),
                    Err(error) => {
                        let trouble =
                            format!("{} with {}: {error}", server.name, column.application);
                        if at == 0 {
                            return Err(trouble);
                        }
                        troubles.push(trouble);
                        costs[at + 1].clear();
                        running[at] = None;
                    }
                }
            }
        }
        Ok(costs)
    }

    fn start(&self, server: &Server, column: &Column) -> Result<Running, String> {
        let scripts = scripts();
        let (name, workers) = (column.application, column.workers.to_string());
        Running::start_as(server.name, |port| {
            let port = port.to_string();
            if server.name != SERVERS[0].name {
                let script = scripts.join("serve_python.py").display().to_string();
                return Ok(self.python(&[&script, server.name, &port, &workers, name]));
            }
            let mut command = self.sandbox.command(&self.ours);
            let call = if name == "flask_hello" { "()" } else { "" };
            command.arg(format!("python_applications:{name}{call}"));
            command.args(["--port", &port, "--pythonpath"]).arg(&scripts);
            command.env("PYTHONDONTWRITEBYTECODE", "1");
            if let Some(venv) = &self.venv {
                command.arg("--venv").arg(venv);
            }
            if column.workers > 1 {
                command.args(["--workers", &workers]);
            }
            Ok(command)
        })
    }

    fn floor(&self, column: &Column) -> Result<f64, String> {
        let script = scripts().join("python_floor.py").display().to_string();
        let seconds = ROUND.as_secs_f64().to_string();
        let command = self.python(&[&script, &seconds, column.application]);
        let finished = process::run(command, Duration::from_secs(30)).map_err(|e| e.to_string())?;
        let printed = String::from_utf8_lossy(&finished.output);
        printed
            .trim()
            .parse()
            .map_err(|_| format!("the floor of {}: {printed}", column.application))
    }
}

fn scripts() -> PathBuf {
    workspace::root().join(Path::new("book/check/figures"))
}

/// Microseconds of a processor for a request.
fn cost(server: &Running, column: &Column) -> io::Result<f64> {
    let open = |_| match column.application {
        "count" => Kept::open_to_post(server.address, POSTED),
        "files" => Kept::open_for(server.address, PATH),
        _ => Kept::open_for(server.address, "/"),
    };
    let mut connections = (0..column.connections).map(open).collect::<io::Result<Vec<_>>>()?;
    load::waves(&mut connections, ROUND / 10)?;
    let used = server.time_of_living_threads();
    let answered = load::waves(&mut connections, ROUND)?;
    let used = server.time_of_living_threads().saturating_sub(used);
    #[expect(clippy::cast_precision_loss, reason = "a count of a second's work")]
    let cost = used.as_secs_f64() * 1_000_000.0 / answered as f64;
    Ok(cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_compared_with_the_cheapest_other_round_by_round() {
        let costs = [vec![2.0, 6.0, 3.0], vec![9.0, 9.0, 9.0], vec![], vec![2.0, 3.0, 3.0]];
        assert_eq!(the_best(&costs), Some((3, 1.0)));
        assert_eq!(the_best(&costs[..1]), None);
        assert_eq!(the_best(&[vec![], vec![1.0]]), None);
        assert_eq!(shown(&costs[2]), "–");
    }
}
