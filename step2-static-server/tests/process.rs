//! The program as a whole: its messages, its signals, its limits.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

const PROGRAM: &str = env!("CARGO_BIN_EXE_step2-static-server");
const DEADLINE: Duration = Duration::from_secs(20);

/// A running server; it is killed if the test ends early.
struct Running {
    child: Child,
    address: String,
    output: BufReader<std::process::ChildStdout>,
}

impl Running {
    /// Starts the program, perhaps through a shell that sets limits first.
    fn start(root: &Path, shell: &str, flags: &[&str]) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", &format!("{shell} exec \"$0\" \"$@\""), PROGRAM, "--port", "0", "--root"])
            .arg(root)
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = String::new();
        while !lines.contains("http://") {
            assert_ne!(output.read_line(&mut lines).unwrap(), 0, "it ended after {lines:?}");
        }
        let address = lines.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Running { child, address, output }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// The whole answer to a request, on a connection of its own.
    fn ask(&self, path: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for the end: the exit code, what it printed, what it complained of.
    fn wait(mut self) -> (Option<i32>, String, String) {
        let (mut printed, mut complained) = (String::new(), String::new());
        self.output.read_to_string(&mut printed).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut complained).unwrap();
        (self.child.wait().unwrap().code(), printed, complained)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn site() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("index.html"), "home").unwrap();
    root
}

fn run(flags: &[&str]) -> Output {
    Command::new(PROGRAM).args(flags).output().unwrap()
}

#[test]
fn each_request_is_a_line_and_a_signal_ends_it_in_peace() {
    for signal in [Signal::INT, Signal::TERM] {
        let root = site();
        let server = Running::start(root.path(), "", &[]);
        assert!(server.ask("/?q").ends_with("home"));
        let idle = server.connect();
        server.signal(signal);
        let (code, printed, complained) = server.wait();
        assert_eq!((code, complained.as_str()), (Some(0), ""));
        let line = printed.lines().last().unwrap();
        assert!(
            line.starts_with("127.0.0.1 - - [") && line.ends_with("\"GET /?q HTTP/1.1\" 200 4"),
            "{line}"
        );
        drop(idle);
    }
}

#[test]
fn a_signal_that_follows_the_first_lines_at_once_ends_it_in_peace() {
    let root = site();
    for _ in 0..20 {
        let server = Running::start(root.path(), "", &[]);
        server.signal(Signal::TERM);
        assert_eq!(server.wait().0, Some(0));
    }
}

#[test]
fn quiet_prints_no_lines() {
    let root = site();
    let server = Running::start(root.path(), "", &["--quiet"]);
    server.ask("/");
    server.signal(Signal::TERM);
    let (code, printed, _) = server.wait();
    assert_eq!(code, Some(0));
    assert!(!printed.contains("GET"), "{printed}");
}

#[test]
fn a_download_is_finished_before_the_end() {
    let root = site();
    fs::write(root.path().join("large"), vec![b'x'; 30_000_000]).unwrap();
    let server = Running::start(root.path(), "", &["--quiet"]);
    let mut stream = server.connect();
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).unwrap();
    server.signal(Signal::TERM);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(rest.len() > 30_000_000);
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_download_that_nobody_reads_ends_with_the_grace() {
    let root = site();
    fs::write(root.path().join("large"), vec![b'x'; 30_000_000]).unwrap();
    let server = Running::start(root.path(), "", &["--quiet", "--graceful-timeout", "1"]);
    let mut stream = server.connect();
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).unwrap();
    server.signal(Signal::TERM);
    let began = Instant::now();
    let (code, _, complained) = server.wait();
    assert_eq!(code, Some(0));
    assert!(complained.contains("cut off"), "{complained}");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[cfg(target_os = "linux")]
#[test]
fn a_stop_turns_newcomers_away_while_a_download_is_finished() {
    let root = site();
    fs::write(root.path().join("large"), vec![b'x'; 30_000_000]).unwrap();
    let server = Running::start(root.path(), "", &["--quiet"]);
    let mut stream = server.connect();
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 1]).unwrap();
    server.signal(Signal::TERM);
    // Another server can have the port as soon as this one has left it.
    let began = Instant::now();
    let next = loop {
        match std::net::TcpListener::bind(&server.address) {
            Ok(listener) => break listener,
            Err(error) => assert!(began.elapsed() < DEADLINE, "{error}"),
        }
        std::thread::yield_now();
    };
    drop(next);
    let refused = TcpStream::connect(&server.address).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert!(rest.len() > 30_000_000, "{} bytes", rest.len());
    assert_eq!(server.wait().0, Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn silent_clients_do_not_hold_the_last_thread() {
    let root = site();
    // With stacks of 64 MiB in two million KiB of addresses there is room for some thirty.
    let few_threads = "ulimit -v 2000000; export RUST_MIN_STACK=67108864 MALLOC_ARENA_MAX=1;";
    let server = Running::start(root.path(), few_threads, &["--quiet"]);
    let silent: Vec<_> = (0..200).map(|_| server.connect()).collect();
    let tasks = fs::read_dir(format!("/proc/{}/task", server.child.id())).unwrap().count();
    assert!(tasks < 40, "{tasks} threads: the limits have no effect here");
    for _ in 0..5 {
        assert!(server.ask("/").ends_with("home"));
    }
    drop(silent);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn few_descriptors_make_few_connections_and_no_errors() {
    let root = site();
    let server = Running::start(root.path(), "ulimit -n 64;", &["--quiet"]);
    let silent: Vec<_> = (0..200).map(|_| server.connect()).collect();
    assert!(server.ask("/").ends_with("home"));
    drop(silent);
    assert!(server.ask("/").ends_with("home"));
    server.signal(Signal::TERM);
    let (code, _, complained) = server.wait();
    assert_eq!(code, Some(0));
    assert_eq!(complained.lines().count(), 1, "{complained}");
    assert!(complained.contains("24 connections at a time instead of 400"), "{complained}");
}

#[test]
fn uploads_leave_a_descriptor_for_everybody_else() {
    let root = site();
    let server = Running::start(root.path(), "ulimit -n 64;", &["--quiet", "--write"]);
    let uploads: Vec<_> = (0..40)
        .map(|number| {
            let mut stream = server.connect();
            let head =
                format!("PUT /{number} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..20 {
        assert!(server.ask("/").ends_with("home"));
    }
    drop(uploads);
    server.signal(Signal::TERM);
    let (code, _, complained) = server.wait();
    assert_eq!(code, Some(0));
    assert!(complained.contains("16 connections at a time instead of 400"), "{complained}");
    assert!(!complained.contains("Too many open files"), "{complained}");
}

#[test]
fn a_log_that_nobody_reads_keeps_nobody_waiting() {
    let root = site();
    let server = Running::start(root.path(), "", &[]);
    // A pipe holds 64 KiB, so it is full after some twenty of these.
    let long = format!("/?{}", "x".repeat(4000));
    for _ in 0..60 {
        assert!(server.ask(&long).ends_with("home"));
    }
    server.signal(Signal::TERM);
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn nobody_is_let_in_while_the_last_download_is_finished() {
    let root = site();
    fs::write(root.path().join("large"), vec![b'x'; 30_000_000]).unwrap();
    let server = Running::start(root.path(), "", &["--quiet"]);
    let mut stream = server.connect();
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    stream.read_exact(&mut [0]).unwrap();
    server.signal(Signal::TERM);
    let began = Instant::now();
    while TcpStream::connect(&server.address).is_ok() {
        assert!(began.elapsed() < DEADLINE, "it still listens");
        std::thread::yield_now();
    }
    assert!(stream.read_to_end(&mut Vec::new()).unwrap() > 29_000_000);
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn what_is_wrong_with_the_flags_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (flags, said) in [
        (vec!["--port", &port], "in use already"),
        (vec!["--root", "/no/such/folder"], "cannot serve /no/such/folder"),
        (vec!["--root", "/dev/null"], "cannot serve /dev/null"),
        (vec!["--addr", "127.0.0.1:http"], "is not a port"),
        (vec!["--addr", "no-such-host.invalid"], "cannot listen at no-such-host.invalid"),
    ] {
        let output = run(&flags);
        let complained = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{flags:?}");
        assert!(
            complained.starts_with("step2-static-server: ") && complained.contains(said),
            "{complained}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn two_gibibytes_pass_through_little_memory() {
    const LENGTH: u64 = 2 * 1024 * 1024 * 1024 + 1;
    let root = site();
    fs::File::create(root.path().join("sparse")).unwrap().set_len(LENGTH).unwrap();
    let server = Running::start(root.path(), "", &["--quiet"]);
    let mut stream = server.connect();
    stream.write_all(b"GET /sparse HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    let mut large = BufReader::with_capacity(1024 * 1024, stream);
    let received = std::io::copy(&mut large, &mut std::io::sink()).unwrap();
    assert!(received > LENGTH && received < LENGTH + 1000, "{received}");
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kibibytes < 20_000, "{kibibytes} KiB");
}
