//! A server of a Python application, for the length of a test.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::client::{Answer, Client};

const PROGRAM: &str = env!("CARGO_BIN_EXE_step5-wsgi-server");
const DEADLINE: Duration = Duration::from_secs(30);

/// Where the applications of these tests lie.
pub(crate) fn apps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/apps")
}

/// A virtual environment with what `python/requirements.txt` names; `.ci/run`
/// makes it, and CONTRIBUTING.md says how to do so by hand.
pub(crate) fn venv() -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/python-peers");
    let venv = std::env::var_os("PYTHON_PEERS").map_or_else(usual, PathBuf::from);
    assert!(venv.is_dir(), "{} is missing: see CONTRIBUTING.md", venv.display());
    venv
}

/// The program, not started yet.
pub(crate) fn program(flags: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["--port", "0"]).args(flags).env_remove("VIRTUAL_ENV");
    // The sources stay as they are.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// One of the sample applications, not started yet.
pub(crate) fn site(name: &str) -> Command {
    let mut command = program(&[name, "--chdir"]);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("python"));
    command.arg("--venv").arg(venv());
    command
}

/// What a program says that does not serve: its status, and its last words.
pub(crate) fn refused(flags: &[&str]) -> (Option<i32>, String) {
    let output = program(flags).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A running server; it is killed if the test ends early.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
    output: BufReader<ChildStdout>,
    _folder: tempfile::TempDir,
    log: PathBuf,
}

impl Running {
    /// Serves one of the applications in `apps`.
    pub(crate) fn app(name: &str) -> Self {
        Self::start(program(&[name, "--chdir", apps().to_str().unwrap()]))
    }

    pub(crate) fn start(mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = String::new();
        while !lines.contains("Ctrl-C") {
            let length = output.read_line(&mut lines).unwrap();
            let log = || fs::read_to_string(&log).unwrap();
            assert_ne!(length, 0, "it ended after {lines:?} and {}", log());
        }
        let address = address_in(&lines);
        Running { child, address, output, _folder: folder, log }
    }

    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// The answer to GET, on a connection of its own.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// The answer to any method; a content makes it a Content-Length as well.
    #[track_caller]
    pub(crate) fn ask(&self, method: &str, path: &str, content: &str) -> Answer {
        let mut client = self.connect();
        let length = content.len();
        client.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{content}"
        ));
        client.answer_to(method)
    }

    /// What the log has said so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the answer at `path` is as it should be.
    #[track_caller]
    pub(crate) fn until(&self, path: &str, expected: &str) {
        let until = Instant::now() + DEADLINE;
        let mut seen = String::new();
        while Instant::now() < until {
            seen = self.get(path).text();
            if seen == expected {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("{path} says {seen:?} and not {expected:?}");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// A line of `/proc/PID/status`, in KiB.
    pub(crate) fn kibibytes(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        value.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Waits for the end, and reads what was printed meanwhile.
    #[track_caller]
    pub(crate) fn ends(mut self) -> (ExitStatus, String) {
        let until = Instant::now() + DEADLINE;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() > until => panic!("it does not end: {}", self.log()),
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (status, rest)
    }

    /// All that comes in answer to GET, until the connection ends.
    pub(crate) fn connect_and_read(&self, path: &str) -> String {
        let mut client = self.connect();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        String::from_utf8_lossy(&client.until_close()).into_owned()
    }

    /// Waits until the server says where it listens, anew.
    pub(crate) fn listens_anew(&mut self) {
        let mut line = self.printed();
        while !line.contains("http://") {
            assert_ne!(line, "", "it ended: {}", self.log());
            line = self.printed();
        }
        self.address = address_in(&line);
    }

    /// Reads a line that was printed.
    pub(crate) fn printed(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }
}

fn address_in(lines: &str) -> SocketAddr {
    let address = lines.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    address.unwrap().parse().unwrap()
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
