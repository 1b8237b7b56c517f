//! What runs out, breaks, or never ends: it is survived, and said.
#![allow(clippy::unwrap_used)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use program::{DEADLINE, Load, PROGRAM, Program, connect, until};
use rustix::process::Signal;

/// A program with the limits that a shell sets.
fn limited(limit: &str, flags: &[&str]) -> Program {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{limit}; exec \"$0\" \"$@\""), PROGRAM, "--port", "0"])
        .args(flags);
    let mut program = Program::run(command);
    program.waits_for("Ctrl-C");
    let said = program.said();
    let address = said.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    program.address = address.unwrap().to_owned();
    program
}

/// A line of `/proc/PID/status`, in KiB.
fn kibibytes(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    value.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

/// Sends content of this length, and says what was answered.
fn upload(address: &str, length: usize) -> String {
    let mut stream = connect(address).unwrap();
    let head = format!("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let piece = vec![b'x'; 64 * 1024];
    for at in (0..length).step_by(piece.len()) {
        if stream.write_all(&piece[..piece.len().min(length - at)]).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The limit on the size of a file stands for a disk that is full: the write
/// fails, and the signal that comes with it must not end the process.
#[test]
fn content_that_no_disk_can_keep_is_refused_and_the_next_request_served() {
    for workers in [&[][..], &["--workers", "1"]] {
        let program = limited("ulimit -f 200", &[&["trouble"], workers].concat());
        assert!(upload(&program.address, 50_000).starts_with("HTTP/1.1 200 "));
        assert!(upload(&program.address, 1_000_000).starts_with("HTTP/1.1 507 "));
        program.waits_for("cannot keep the content of a request in a temporary file");
        assert!(upload(&program.address, 50_000).starts_with("HTTP/1.1 200 "));
    }
}

#[test]
fn content_costs_disk_and_no_memory_and_too_much_is_refused() {
    let program = Program::start(&["trouble", "--limit-request-body", "20000000"]);
    program.get("/");
    let before = kibibytes(program.process(), "VmHWM");
    thread::scope(|scope| {
        for _ in 0..8 {
            let upload = || upload(&program.address, 20_000_000);
            scope.spawn(move || assert!(upload().starts_with("HTTP/1.1 200 ")));
        }
    });
    let more = kibibytes(program.process(), "VmHWM") - before;
    assert!(more < 8 * 1024, "{more} KiB for 160 MB of content");
    for _ in 0..3 {
        assert!(upload(&program.address, 20_000_001).starts_with("HTTP/1.1 413 "));
    }
    program.waits_for("sends more content than 20000000 bytes: refused");
}

/// A file of 50 MB for a client that reads nothing: nobody else waits, and the
/// stop does not either.
#[test]
fn a_client_that_never_reads_holds_nothing_up() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("index.html"), "home").unwrap();
    fs::File::create(root.path().join("large")).unwrap().set_len(50_000_000).unwrap();
    let flags = ["--root", root.path().to_str().unwrap(), "--graceful-timeout", "1"];
    let program = Program::start(&flags);
    let mut deaf = connect(&program.address).unwrap();
    deaf.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    deaf.peek(&mut [0]).unwrap();
    assert!(program.get("/").ends_with("home"));
    program.signal(Signal::TERM);
    let (code, said) = program.wait();
    assert_eq!(code, Some(0));
    assert!(said.contains("1 connection was cut off"), "{said}");
}

/// No thread can be ended from outside, and in place it is the loop itself that
/// does not return: the process ends all the same, and leaves no file behind.
#[test]
fn an_application_that_never_returns_holds_no_stop_up() {
    let folder = tempfile::tempdir().unwrap();
    let pid_file = folder.path().join("pid");
    for (threads, grace) in [("1", "1"), ("4", "1"), ("1", "60"), ("4", "60")] {
        let flags = ["--threads", threads, "--graceful-timeout", grace];
        let pid = ["trouble", "--pid", pid_file.to_str().unwrap()];
        let mut program = Program::start(&[&pid[..], &flags].concat());
        let mut client = connect(&program.address).unwrap();
        client.write_all(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        thread::sleep(Duration::from_millis(200)); // it is taken up
        let began = Instant::now();
        if grace == "1" {
            program.signal(Signal::TERM);
        } else {
            program.insists(Signal::INT);
        }
        let (code, said) = program.wait();
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("the application has not returned"), "{said}");
        assert!(grace != "1" || began.elapsed() >= Duration::from_secs(1));
        assert!(!pid_file.exists());
    }
}

#[test]
fn out_of_descriptors_is_said_once_and_served_through() {
    let program = limited("ulimit -n 64", &["trouble", "--workers", "1"]);
    program.waits_for("`ulimit -n` is 64");
    let silent: Vec<_> = (0..200).map(|_| connect(&program.address).unwrap()).collect();
    for _ in 0..3 {
        assert!(program.get("/").starts_with("HTTP/1.1 200 "));
    }
    drop(silent);
    assert!(program.said().lines().count() < 8, "{}", program.said());
}

/// The limit sinks while it runs, below what it had made room for.
#[cfg(target_os = "linux")]
#[test]
fn a_lack_of_descriptors_that_lasts_is_said_once() {
    use rustix::process::{Resource, Rlimit, getrlimit, prlimit};
    let program = Program::start(&["hello"]);
    let mut silent: Vec<_> = (0..5).map(|_| connect(&program.address).unwrap()).collect();
    program.get("/");
    let open = fs::read_dir(format!("/proc/{}/fd", program.process())).unwrap().count() as u64;
    let maximum = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit { current: Some(open), maximum };
    prlimit(Some(program::pid(program.process())), Resource::Nofile, limit).unwrap();
    silent.extend((0..20).map(|_| connect(&program.address).unwrap()));
    for _ in 0..3 {
        assert!(program.get("/").starts_with("HTTP/1.1 200 "));
    }
    program.waits_for("cannot accept a connection, ");
    let said = program.said();
    assert!(said.matches("cannot accept").count() <= 3, "{said}");
}

#[test]
fn strangers_to_an_application_by_fastcgi_are_told_of_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut command = Command::new(PROGRAM);
    command.args(["hello", "--as", "fastcgi", "--threads", "2"]);
    command.env("FCGI_WEB_SERVER_ADDRS", "192.0.2.1").stdin(OwnedFd::from(listener));
    let program = Program::run(command);
    for _ in 0..50 {
        assert_eq!(connect(&address).unwrap().read(&mut [0]).unwrap(), 0);
    }
    program.signal(Signal::TERM);
    let (code, said) = program.wait();
    assert_eq!(
        (code, said.matches("not among FCGI_WEB_SERVER_ADDRS").count()),
        (Some(0), 1),
        "{said}"
    );
}

/// How many; `.ci/full` sets more.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |number| number.parse().unwrap())
}

#[test]
fn memory_is_flat_over_many_requests() {
    let requests = number("REQUESTS", 20_000);
    let program = Program::start(&["hello", "--workers", "1"]);
    let worker = until(|| program.workers().first().copied()).unwrap();
    let rounds = |number: u64| {
        let load = Load::start(&program.address, "/", 4);
        let began = Instant::now();
        while load.answered() < number && began.elapsed() < DEADLINE * 20 {
            load.goes_on(1000);
        }
        assert_eq!(load.end().1, [""; 0]);
        kibibytes(worker, "VmRSS")
    };
    let warm = rounds(requests / 4);
    let after = rounds(requests);
    println!("{requests} requests: {warm} KiB, then {after} KiB");
    assert!(after < warm + 1024, "{warm} KiB, then {after} KiB");
    assert_eq!(program.workers(), [worker]);
    // Clients that keep their connections are nothing to speak of.
    assert_eq!(program.said().lines().count(), 2, "{}", program.said());
}

/// A client that has its answer, or the first byte of it, and may ask again.
fn answered(program: &Program) -> TcpStream {
    let mut client = connect(&program.address).unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    client.read_exact(&mut [0]).unwrap();
    client
}

/// Each connects, asks once and goes. All are answered, and of none anything is
/// left: no memory, no descriptor, no line in the log but one for all of them.
#[test]
fn short_connections_are_all_answered_and_leave_nothing_behind() {
    let (wanted, most) = (number("SHORT_CONNECTIONS", 4_000), number("SHORT_SECONDS", 300));
    let program = Program::start(&["hello"]);
    let began = Instant::now();
    let rounds = |number: u64| {
        let (begun, answered) = (AtomicU64::new(0), AtomicU64::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while begun.fetch_add(1, Ordering::Relaxed) < number
                        && began.elapsed() < Duration::from_secs(most)
                    {
                        assert!(program.get("/").starts_with("HTTP/1.1 200 "));
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        (answered.into_inner(), kibibytes(program.process(), "VmRSS"))
    };
    let open = || fs::read_dir(format!("/proc/{}/fd", program.process())).unwrap().count();
    // When it has answered one, it has all that it needs, and that one.
    let first = answered(&program);
    let before = open() - 1;
    drop(first);
    let (_, warm) = rounds(wanted / 4);
    let (answered, after) = rounds(wanted);
    let took = began.elapsed();
    println!(
        "{answered} of {wanted} short connections in {took:.0?}: {warm} KiB, then {after} KiB"
    );
    assert!(answered == wanted || took >= Duration::from_secs(most));
    assert!(after < warm + 1024, "{warm} KiB, then {after} KiB");
    assert!(until(|| (open() == before).then_some(())).is_some(), "{before}, then {}", open());
    // One line says so, and another only if they come twice as quickly later on.
    program.waits_for("asked once or not at all and went: clients that keep theirs open cost less");
    let (said, most) = (program.said(), 1 + took.as_secs() / 10);
    let lines = said.lines().count() as u64 - 2;
    assert!((1..=most).contains(&lines), "{lines} lines in {took:.0?}, {said}");
}

/// Those that ask twice; those whose time is over, and those that a stop closes,
/// which did not go of their own accord: together with five hundred that asked
/// once and went, they are no thousand.
#[test]
fn connections_that_ask_twice_or_that_the_server_closes_are_not_called_short() {
    let program = Program::start(&["hello", "--keep-alive", "1"]);
    for _ in 0..500 {
        program.get("/");
        let mut twice = answered(&program);
        twice.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
        twice.read_to_end(&mut Vec::new()).unwrap();
    }
    let silent = || -> Vec<_> { (0..500).map(|_| connect(&program.address).unwrap()).collect() };
    for mut client in silent() {
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
    }
    let _waiting = (silent(), answered(&program));
    program.signal(Signal::TERM);
    let (code, said) = program.wait();
    assert_eq!(code, Some(0));
    assert_eq!(said.lines().count(), 2, "{said}");
}
