//! The program as a whole: its messages, its signals, its sockets, its memory.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};

const PROGRAM: &str = env!("CARGO_BIN_EXE_step5-wsgi-server");
const DEADLINE: Duration = Duration::from_secs(30);
const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A running server; it is killed if the test ends early.
struct Running {
    child: Child,
    address: String,
    output: BufReader<std::process::ChildStdout>,
}

impl Running {
    /// Starts the program, perhaps through a shell that sets limits first.
    fn start(shell: &str, flags: &[&str]) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", &format!("{shell} exec \"$0\" \"$@\""), PROGRAM])
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = String::new();
        while !lines.contains("Ctrl-C") {
            assert_ne!(output.read_line(&mut lines).unwrap(), 0, "it ended after {lines:?}");
        }
        let address = lines.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        Running { address: address.unwrap_or_default().to_owned(), child, output }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// A line of `/proc/PID/status`, in KiB.
    fn kibibytes(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        value.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
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

/// Reads one response whose content is `ending`.
fn read_until(stream: &mut impl Read, ending: &str) -> String {
    let mut seen = Vec::new();
    while !seen.ends_with(ending.as_bytes()) {
        let mut piece = [0; 4096];
        let length = match stream.read(&mut piece) {
            Ok(length) => length,
            // A read with a timeout ends so when this process was stopped and
            // goes on, whatever handles its signals (signal(7)).
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => panic!("{error} after {:?}", String::from_utf8_lossy(&seen)),
        };
        assert_ne!(length, 0, "the end after {:?}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&piece[..length]);
    }
    String::from_utf8(seen).unwrap()
}

#[test]
fn a_signal_ends_it_in_peace_whatever_its_threads() {
    for (signal, threads) in [(Signal::INT, "1"), (Signal::TERM, "4")] {
        let flags = ["hello", "--port", "0", "--threads", threads, "--access-logfile", "-"];
        let server = Running::start("", &flags);
        let mut client = server.connect();
        client.write_all(ASK).unwrap();
        read_until(&mut client, "</h1>");
        let idle = server.connect();
        server.signal(signal);
        let (code, printed, complained) = server.wait();
        assert_eq!((code, complained.as_str()), (Some(0), ""));
        assert!(printed.contains("\"GET / HTTP/1.1\" 200 "), "{printed}");
        drop(idle);
    }
}

#[test]
fn without_flags_it_serves_files_and_logs_nothing() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("index.html"), "home").unwrap();
    let server = Running::start("", &["--port", "0", "--root", root.path().to_str().unwrap()]);
    let mut client = server.connect();
    client.write_all(ASK).unwrap();
    assert!(read_until(&mut client, "home").contains("Content-Type: text/html"));
    server.signal(Signal::TERM);
    assert_eq!(server.wait(), (Some(0), String::new(), String::new()));
}

#[test]
fn a_unix_socket_is_served_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.sock");
    let server = Running::start("", &["environ", "--bind", &format!("unix:{}", path.display())]);
    let mut client = UnixStream::connect(&path).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.write_all(b"GET /here HTTP/1.0\r\nHost: site:80\r\n\r\n").unwrap();
    let mut page = String::new();
    client.read_to_string(&mut page).unwrap();
    assert!(page.contains("<td>/here</td>"), "{page}");
    server.signal(Signal::TERM);
    assert_eq!(server.wait().0, Some(0));
    assert!(!path.exists());
}

#[test]
fn what_is_wrong_with_the_flags_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (flags, said) in [
        (vec!["--port", &port], "in use already"),
        (vec!["--root", "/no/such/folder"], "cannot serve /no/such/folder"),
        (vec!["--bind", "no-such-host.invalid:1"], "cannot listen at no-such-host.invalid:1"),
        (vec!["--bind", "unix:/no/such/folder/s"], "cannot listen at unix:/no/such/folder/s"),
        (
            vec!["hello", "--as", "fastcgi", "--fastcgi", "/a/=unix:/s"],
            "leave it out with --as fastcgi",
        ),
        (
            vec!["--port", "0", "--access-logfile", "/no/such/folder/l"],
            "cannot write /no/such/folder/l",
        ),
    ] {
        let output = Command::new(PROGRAM).args(&flags).output().unwrap();
        let complained = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{flags:?}");
        assert!(complained.starts_with("step5-wsgi-server: ") && complained.contains(said));
    }
    #[cfg(feature = "python")]
    {
        let python = Command::new(PROGRAM).args(["a:b", "--as", "fastcgi"]).output().unwrap();
        assert!(String::from_utf8_lossy(&python.stderr).contains("served by HTTP only"));
    }
    #[cfg(not(feature = "python"))]
    for flags in [&["a:b"][..], &["a:b", "--chdir", "."], &["--venv", "."], &["--reload"]] {
        let output = Command::new(PROGRAM).args(flags).output().unwrap();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(complained.contains("built without Python: cargo run"), "{flags:?}");
    }
    let output = Command::new(PROGRAM).args(["--bind", "127.0.0.1:http"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not a port"));
}

/// Out of descriptors is never a reason to end, or to be busy with nothing.
#[test]
fn few_descriptors_are_survived() {
    let server = Running::start("ulimit -n 64;", &["hello", "--port", "0"]);
    let mut silent: Vec<_> = (0..300).map(|_| server.connect()).collect();
    for _ in 0..3 {
        let mut client = server.connect();
        client.write_all(ASK).unwrap();
        read_until(&mut client, "</h1>");
    }
    silent.clear();
    let mut client = server.connect();
    client.write_all(ASK).unwrap();
    read_until(&mut client, "</h1>");
    server.signal(Signal::TERM);
    let (code, _, complained) = server.wait();
    assert_eq!(code, Some(0));
    assert!(complained.lines().count() <= 3, "{complained}");
}

/// Ten thousand if the limits allow it: each has had an answer, and waits.
#[test]
fn an_idle_connection_costs_less_than_two_kibibytes() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum.map(|most| most.min(16_000)).or(Some(16_000));
    setrlimit(Resource::Nofile, limit).unwrap();
    let most = getrlimit(Resource::Nofile).current.unwrap_or(16_000).saturating_sub(300);
    let count = usize::try_from(most).unwrap().min(10_000);
    let server = Running::start("", &["hello", "--port", "0", "--keep-alive", "300"]);
    let ask = |stream: &mut TcpStream| {
        stream.write_all(ASK).unwrap();
        read_until(stream, "</h1>");
    };
    for _ in 0..100 {
        ask(&mut server.connect());
    }
    let before = server.kibibytes("VmRSS");
    let mut idle: Vec<_> = (0..count).map(|_| server.connect()).collect();
    idle.iter_mut().for_each(ask);
    let after = server.kibibytes("VmRSS");
    let each = (after - before) as f64 / count as f64;
    println!("{count} idle connections: {each:.2} KiB each");
    assert!(each <= 2.0, "{each:.2} KiB for each of {count}");
    ask(&mut idle[0]);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().0, Some(0));
}

/// A thousand connections that are slow on purpose, in three ways; meanwhile a
/// normal client asks two hundred times.
#[test]
fn slow_clients_keep_nobody_waiting() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum.map(|most| most.min(16_000)).or(Some(16_000));
    setrlimit(Resource::Nofile, limit).unwrap();
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("index.html"), "home").unwrap();
    fs::File::create(root.path().join("large")).unwrap().set_len(50_000_000).unwrap();
    let flags = ["--port", "0", "--write", "--root", root.path().to_str().unwrap()];
    let server = Running::start("", &flags);
    for request in [
        "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
        "PUT /new HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nhalf",
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let slow: Vec<_> = (0..1000)
            .map(|_| {
                let mut stream = server.connect();
                stream.write_all(request.as_bytes()).unwrap();
                stream
            })
            .collect();
        let mut client = server.connect();
        let mut times: Vec<_> = (0..200)
            .map(|_| {
                let began = Instant::now();
                client.write_all(ASK).unwrap();
                read_until(&mut client, "home");
                began.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("{request:?}: p50 {:?}, p99 {:?}", times[100], times[198]);
        assert!(times[180] < Duration::from_millis(100), "one in ten took {:?}", times[180]);
        drop(slow);
    }
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
}
