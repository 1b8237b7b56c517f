//! The program as a whole, started for a test and ended with it.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_step3-cgi");

/// A running server; it is killed if the test ends early.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
    output: BufReader<ChildStdout>,
    /// For its temporary files, which a server that is killed leaves behind.
    _temporary: tempfile::TempDir,
}

impl Running {
    /// Starts the program in this folder, through a shell that does something
    /// first.
    pub(crate) fn start(folder: &Path, first: &str, flags: &[&str]) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut child = Command::new("sh")
            .args(["-c", &format!("{first} exec \"$0\" \"$@\""), PROGRAM, "--port", "0"])
            .args(flags)
            .current_dir(folder)
            .env("TMPDIR", temporary.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = String::new();
        while !lines.contains("http://") {
            assert_ne!(output.read_line(&mut lines).unwrap(), 0, "it ended after {lines:?}");
        }
        let address = lines.split("http://").nth(1).unwrap().split('/').next().unwrap();
        Running { address: address.parse().unwrap(), child, output, _temporary: temporary }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The lines that it printed so far are read up to one that holds `text`.
    pub(crate) fn prints(&mut self, text: &str) -> String {
        let mut lines = String::new();
        while !lines.contains(text) {
            assert_ne!(self.output.read_line(&mut lines).unwrap(), 0, "no {text:?} in {lines}");
        }
        lines
    }

    /// Asks it to end, and waits: the exit code, and what it complained of.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let mut complained = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut complained).unwrap();
        (self.child.wait().unwrap().code(), complained)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
