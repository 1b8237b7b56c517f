//! An application by FastCGI is told to end as a server is: what has come is
//! answered first, and nobody waits for ever.
#![allow(clippy::unwrap_used)]

#[path = "../../step3-cgi/tests/support/records.rs"]
#[allow(dead_code)]
mod records;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use records::{Front, PATIENCE, begin, stdin};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// An application that runs; it is killed if the test ends early.
struct Running {
    child: Child,
    folder: TempDir,
}

impl Running {
    /// Starts the application that does what it is asked to.
    fn start(grace: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = format!("unix:{}", folder.path().join("socket").display());
        let pid = folder.path().join("pid");
        let mut child = Command::new(env!("CARGO_BIN_EXE_step5-wsgi-server"))
            .args(["trouble", "--as", "fastcgi", "--threads", "2", "--graceful-timeout", grace])
            .args([Path::new("--bind"), Path::new(&place), Path::new("--pid"), &pid])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("Listening at")));
        Running { child, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A connection on which a whole request has been sent.
    fn ask(&self, path: &str) -> Front {
        let mut front = Front::connect(&self.path("socket"));
        let variables = [
            ("REQUEST_METHOD", "GET"),
            ("PATH_INFO", path),
            ("QUERY_STRING", "0.5"),
            ("SERVER_NAME", "a"),
            ("SERVER_PORT", "80"),
        ];
        front.send(&[begin(1, true, &variables), stdin(1, b"")].concat());
        front
    }

    fn tell_to_end(&self) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
    }

    fn end(&mut self, mut meanwhile: impl FnMut(&Self)) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            meanwhile(self);
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_has_come_is_answered_and_nothing_is_left_behind() {
    let mut application = Running::start("600");
    let idle = Front::connect(&application.path("socket"));
    let mut fronts = [(); 3].map(|()| application.ask("/slow"));
    assert!(fs::exists(application.path("pid")).unwrap());
    application.tell_to_end();
    for front in &mut fronts {
        let answer = front.answer(1);
        assert!(answer.stdout.contains("<h1>Trouble</h1>"), "{answer:?}");
        assert_eq!(front.next(), None);
    }
    assert_eq!(application.end(|_| {}).code(), Some(0));
    for left in ["socket", "pid"] {
        assert!(!fs::exists(application.path(left)).unwrap(), "{left}");
    }
    drop(idle);
}

#[test]
fn an_application_that_does_not_return_is_left_behind_when_the_grace_is_over() {
    let mut application = Running::start("1");
    let _front = application.ask("/hang");
    let told = Instant::now();
    application.tell_to_end();
    assert_eq!(application.end(|_| {}).code(), Some(0));
    assert!(told.elapsed() >= Duration::from_secs(1));
    assert!(!fs::exists(application.path("pid")).unwrap());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut application = Running::start("600");
    let _front = application.ask("/hang");
    // Two signals at the same time count as one.
    assert_eq!(application.end(Running::tell_to_end).code(), Some(0));
}
