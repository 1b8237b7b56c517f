//! The server keeps a pool of processes: as many as were asked for, and none of
//! them longer than itself.

mod support;

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use support::PATIENCE;
use support::site::get;

/// Our server as a process, and what it says on stderr.
struct Running {
    child: Child,
    address: SocketAddr,
    said: Receiver<String>,
    temporary: Rc<tempfile::TempDir>,
}

impl Running {
    fn start(flags: &[&str]) -> Self {
        Self::start_in(Rc::new(tempfile::tempdir().expect("a folder")), flags)
    }

    /// With this folder for temporary files.
    fn start_in(temporary: Rc<tempfile::TempDir>, flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_step3-cgi"))
            .args(["--port", "0", "--quiet"])
            .args(flags)
            .env("TMPDIR", temporary.path())
            .env("A_SECRET", "of the server")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("our binary");
        let (tells, said) = channel();
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if tells.send(line).is_err() {
                    return;
                }
            }
        });
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let address = stdout
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split("http://").nth(1)?.split('/').next()?.parse().ok())
            .expect("an address");
        Running { child, address, said, temporary }
    }

    /// The next line on stderr that holds these words.
    fn says(&self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.said.recv_timeout(left).unwrap_or_else(|_| panic!("{words:?} in time"));
            if line.contains(words) {
                return line;
            }
        }
    }

    fn hello(&self) -> u32 {
        hello(self.address)
    }

    /// The processes whose parent is the server.
    fn processes(&self) -> Vec<u32> {
        let tasks = format!("/proc/{}/task", self.child.id());
        let tasks = std::fs::read_dir(tasks).expect("the server runs");
        let mut children = Vec::new();
        for task in tasks {
            let list = task.expect("a thread").path().join("children");
            let list = std::fs::read_to_string(list).unwrap_or_default();
            children.extend(list.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        }
        children
    }

    fn signal(&mut self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the server runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// Which process of the pool answers now.
fn hello(address: SocketAddr) -> u32 {
    let response = get(address, "/fastcgi/");
    assert_eq!(response.status, 200);
    let number = response.text().trim_end().trim_end_matches('!').rsplit(' ').next();
    number.and_then(|number| number.parse().ok()).expect("Hello from process N!")
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(id.cast_signed()).expect("a process id")
}

/// Waits until a process, which need not be a child of ours, has ended.
fn await_end(id: u32) {
    let Ok(process) = pidfd_open(pid(id), PidfdFlags::empty()) else { return };
    let mut waits = [rustix::event::PollFd::new(&process, rustix::event::PollFlags::IN)];
    let patience = rustix::event::Timespec { tv_sec: 30, tv_nsec: 0 };
    let ended = rustix::event::poll(&mut waits, Some(&patience)).expect("poll");
    assert_eq!(ended, 1, "process {id} goes on");
}

fn files_in(folder: &tempfile::TempDir) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn without_flags_two_processes_say_hello_and_end_with_the_server() {
    let mut server = Running::start(&[]);
    let pool: HashSet<u32> = server.processes().into_iter().collect();
    assert_eq!(pool.len(), 2);
    for _ in 0..10 {
        assert!(pool.contains(&server.hello()));
    }
    server.signal(Signal::TERM);
    pool.into_iter().for_each(await_end);
    assert!(files_in(&server.temporary).is_empty(), "{:?}", files_in(&server.temporary));
}

#[test]
fn two_requests_at_a_time_are_answered_by_two_processes() {
    // Which process takes a connection is the kernel's choice. On a machine that
    // has much to do it may be one of them for both; not time after time.
    let seen_both = (0..10).any(|_| {
        let server = Running::start(&[]);
        let address = server.address;
        let asks = move || (0..50).map(|_| hello(address)).collect::<Vec<_>>();
        let seen: HashSet<u32> = thread::scope(|scope| {
            let both: Vec<_> = (0..4).map(|_| scope.spawn(asks)).collect();
            both.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        seen.len() == 2
    });
    assert!(seen_both);
}

#[test]
fn a_process_that_dies_is_replaced_and_the_log_says_so() {
    let server = Running::start(&[]);
    let mut killed = HashSet::new();
    for _ in 0..3 {
        // Whoever dies young is replaced after a pause: not what is meant here.
        thread::sleep(Duration::from_millis(300));
        let id = server.hello();
        assert!(!killed.contains(&id));
        kill_process(pid(id), Signal::KILL).unwrap();
        let line = server.says("another one is started");
        assert!(line.contains(&format!("({id})")) && line.contains("signal: 9"), "{line}");
        killed.insert(id);
        // The kept connection is closed: one is opened to another process.
        server.hello();
        let began = Instant::now();
        while server.processes().len() < 2 {
            assert!(began.elapsed() < PATIENCE, "the other one is started in time");
            thread::yield_now();
        }
    }
    assert_eq!(server.processes().len(), 2);
}

#[test]
fn a_program_that_dies_at_once_is_started_again_more_and_more_slowly() {
    let server = Running::start(&["--fastcgi-spawn", "1", "false"]);
    for pause in ["100ms", "200ms", "400ms"] {
        let line = server.says("at once");
        assert!(line.contains("/false (") && line.contains("exit status: 1"), "{line}");
        assert!(line.ends_with(&format!("another one is started in {pause}")), "{line}");
    }
    assert_eq!(get(server.address, "/simple_navbar.html").status, 200, "files are served");
}

#[test]
fn what_a_process_started_ends_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let note = folder.path().join("note");
    std::fs::write(
        folder.path().join("leaves"),
        format!("sleep 1000 & echo $! > {}; exit 1", note.display()),
    )
    .expect("a program");
    let command = format!("sh {}", folder.path().join("leaves").display());
    let server = Running::start(&["--fastcgi-spawn", "1", &command]);
    server.says("at once");
    let child = std::fs::read_to_string(note).expect("it was written before the end");
    await_end(child.trim().parse().expect("a process id"));
}

#[test]
fn no_process_outlives_a_server_that_is_killed() {
    let mut server = Running::start(&[]);
    let pool = server.processes();
    assert_eq!(pool.len(), 2);
    server.hello();
    server.signal(Signal::KILL);
    pool.into_iter().for_each(await_end);
}

#[test]
fn what_a_server_that_is_killed_leaves_behind_the_next_one_removes() {
    let mut killed = Running::start(&[]);
    let pool = killed.processes();
    let mut serves_on = Running::start_in(Rc::clone(&killed.temporary), &[]);
    killed.signal(Signal::KILL);
    pool.into_iter().for_each(await_end);
    assert_eq!(files_in(&killed.temporary).len(), 2);
    let mut next = Running::start_in(Rc::clone(&killed.temporary), &[]);
    assert_eq!(files_in(&killed.temporary).len(), 2);
    serves_on.hello();
    next.hello();
    next.signal(Signal::TERM);
    serves_on.signal(Signal::TERM);
    assert!(files_in(&killed.temporary).is_empty(), "{:?}", files_in(&killed.temporary));
}

#[test]
fn a_process_gets_nothing_of_the_server_but_its_socket() {
    let server = Running::start(&[]);
    let id = server.hello();
    let environment = std::fs::read_to_string(format!("/proc/{id}/environ")).unwrap();
    assert!(!environment.contains("A_SECRET"), "{environment}");
    let open = |fd| std::fs::read_link(format!("/proc/{id}/fd/{fd}")).unwrap();
    assert!(open(0).to_string_lossy().starts_with("socket:"));
    assert_eq!(open(1).to_str(), Some("/dev/null"));
    // Sockets: the inherited one and its copy, the connection, two pairs of its
    // own (to stop it, and for signals).
    let fds = std::fs::read_dir(format!("/proc/{id}/fd")).unwrap();
    let fds: Vec<_> = fds.map(|fd| std::fs::read_link(fd.unwrap().path()).unwrap()).collect();
    let sockets = fds.iter().filter(|fd| fd.to_string_lossy().starts_with("socket:")).count();
    assert!(sockets <= 7, "{fds:?}");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let text = tempfile::NamedTempFile::new().expect("a file that is no program");
    let path = text.path().to_str().expect("ASCII");
    for (program, expected) in [
        ("no-such-program", "there is no executable file no-such-program in PATH".to_owned()),
        (path, format!("there is no executable file {path}")),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_step3-cgi"))
            .args(["--port", "0", "--fastcgi-spawn", "2", program])
            .output()
            .unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn the_same_program_started_by_hand_is_a_cgi_program() {
    let output = Command::new(env!("CARGO_BIN_EXE_step3-cgi"))
        .args(["sample", "hello"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.starts_with("Content-Type: text/plain; charset=utf-8\n\nHello from process"),
        "{said}"
    );
}

#[test]
fn xray_shows_the_records_both_ways() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_step3-cgi"))
        .args(["--port", "0", "--xray"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("our binary");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut await_line = |words: &str| {
        let found = lines.by_ref().map_while(Result::ok).find(|line| line.contains(words));
        found.unwrap_or_else(|| panic!("no line with {words:?}"))
    };
    let line = await_line("http://");
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    assert_eq!(get(address.unwrap().parse().unwrap(), "/fastcgi/ada").status, 200);
    await_line("→ FCGI_BEGIN_REQUEST request 1, 8 bytes");
    await_line("    PATH_INFO=/ada");
    await_line("→ FCGI_STDIN       request 1, 0 bytes: the end of this stream");
    await_line("← FCGI_STDOUT      request 1");
    await_line("← FCGI_END_REQUEST request 1, 8 bytes");
    let _ = kill_process(Pid::from_child(&child), Signal::TERM);
    child.wait().expect("it ends");
}
