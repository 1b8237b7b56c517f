//! Where the servers of the figure `python` run, and how each is asked.

use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::load::{self, Kept};
use super::servers::{PATH, Running};
use crate::process;
use crate::sandbox::Sandbox;
use crate::workspace::{self, Program};

pub(super) const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(300);

/// What is posted.
const POSTED: usize = 64 << 10;

/// An application of `book/check/figures/python_applications.py`, and how it is asked.
pub(super) struct Column {
    pub(super) application: &'static str,
    pub(super) workers: usize,
    pub(super) connections: usize,
}

/// A server: its name, its package, and whether it may be the best.
pub(super) struct Server {
    pub(super) name: &'static str,
    pub(super) package: Option<&'static str>,
    pub(super) is_close: bool,
}

/// Ours is the first.
pub(super) const SERVERS: &[Server] = &[
    Server { name: "step 5", package: None, is_close: true },
    Server { name: "fastwsgi", package: Some("fastwsgi"), is_close: true },
    Server { name: "bjoern", package: Some("bjoern"), is_close: true },
    Server { name: "gunicorn", package: Some("gunicorn"), is_close: false },
    Server { name: "waitress", package: Some("waitress"), is_close: false },
    Server { name: "wsgiref", package: None, is_close: false },
];

/// Where the servers run, and what with.
pub(super) struct Stage {
    sandbox: Sandbox,
    ours: PathBuf,
    /// The virtual environment, if it is there.
    venv: Option<PathBuf>,
}

impl Stage {
    pub(super) fn build() -> Result<Self, String> {
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

    pub(super) fn has(&self, package: Option<&str>) -> bool {
        package.is_none_or(|package| self.says(&format!("import {package}")).is_some())
    }

    /// What a line of Python prints; nothing if it fails.
    fn says(&self, line: &str) -> Option<String> {
        let finished = process::run(self.python(&["-c", line]), Duration::from_secs(30)).ok()?;
        let printed = String::from_utf8_lossy(&finished.output).trim().to_owned();
        finished.status.success().then_some(printed)
    }

    pub(super) fn versions(&self, installed: &[&Server]) -> String {
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

    /// What a request costs with each of these servers, round by round. Where a server other than
    /// ours does not do it, its list is empty, and `troubles` says why.
    pub(super) fn costs(
        &self,
        column: &Column,
        servers: &[&Server],
        troubles: &mut Vec<String>,
    ) -> Result<Vec<Vec<f64>>, String> {
        let mut costs = vec![Vec::new(); servers.len()];
        if column.application == "flask_hello" && !self.has(Some("flask")) {
            return Ok(costs);
        }
        let mut running = Vec::new();
        for server in servers {
            running.push(match self.start(server, column) {
                Ok(running) => Some(running),
                Err(trouble) if server.name == SERVERS[0].name => return Err(trouble),
                Err(trouble) => {
                    troubles.push(trouble);
                    None
                }
            });
        }
        for _ in 0..ROUNDS {
            for (at, server) in servers.iter().enumerate() {
                let Some(process) = &running[at] else { continue };
                match cost(process, column) {
                    Ok(cost) => costs[at].push(cost),
                    Err(error) => {
                        let trouble =
                            format!("{} with {}: {error}", server.name, column.application);
                        if at == 0 {
                            return Err(trouble);
                        }
                        troubles.push(trouble);
                        costs[at].clear();
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

    /// What it costs without a server, round by round.
    pub(super) fn floors(&self, application: &str) -> Result<Vec<f64>, String> {
        if application == "flask_hello" && !self.has(Some("flask")) {
            return Ok(Vec::new());
        }
        (0..ROUNDS).map(|_| self.floor(application)).collect()
    }

    fn floor(&self, application: &str) -> Result<f64, String> {
        let script = scripts().join("python_floor.py").display().to_string();
        let seconds = ROUND.as_secs_f64().to_string();
        let command = self.python(&[&script, &seconds, application]);
        let finished = process::run(command, Duration::from_secs(30)).map_err(|e| e.to_string())?;
        let printed = String::from_utf8_lossy(&finished.output);
        printed.trim().parse().map_err(|_| format!("the floor of {application}: {printed}"))
    }
}

fn scripts() -> PathBuf {
    workspace::root().join("book/check/figures")
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
