//! The servers that are compared, and what the system says of each.
//!
//! *Strategy*: every server runs in one [sandbox](Sandbox) with the same `www/`, listens on a free
//! port, and is ready when a connection is accepted. Its cost is read from `/proc`: that of the
//! process and of all its children, those that have ended too.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use crate::process;
use crate::sandbox::Sandbox;
use crate::server::free_port;
use crate::workspace::{self, Program};

/// How long a server may take to accept a connection.
const READY: Duration = Duration::from_secs(10);

/// The file that is asked for: 544 bytes.
pub(super) const PATH: &str = "/img/icon.svg";

/// The programs of the workspace that figures compare.
pub(super) struct Ours {
    built: Vec<(Program, PathBuf)>,
}

impl Ours {
    pub(super) fn build() -> Result<Self, String> {
        let package = || "step2-static-server".to_owned();
        let example = |name: &str| Program::Example { package: package(), name: name.to_owned() };
        let binary = |package: &str| Program::Binary { package: package.to_owned() };
        let programs = [
            binary("step2-static-server"),
            binary("step3-cgi"),
            binary("step4-wsgi-interface"),
            binary("step5-wsgi-server"),
            example("01_naive"),
            example("02_two_writes"),
            example("03_each_its_own"),
            Program::Example {
                package: "step1-http-basics".to_owned(),
                name: "03_hello".to_owned(),
            },
        ];
        workspace::build_for_speed(&programs.into()).map(|built| Self { built })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        let found = self.built.iter().find(|(program, _)| program.name() == name);
        found.map(|(_, path)| path.clone()).unwrap_or_default()
    }
}

/// How a server is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An example of step 2: its name, and the words before its address.
    Example(&'static str, &'static [&'static str]),
    /// Step 2's own server.
    StepTwo,
    /// Step 3's, with these flags.
    StepThree(&'static [&'static str]),
    /// Step 5's, with these flags.
    StepFive(&'static [&'static str]),
    /// `book/check/figures/each_its_own.py`, and its word.
    Python(&'static str),
    /// `python3 -m http.server`, which keeps connections with HTTP/1.1 alone.
    HttpServer,
    /// nginx with one worker.
    Nginx,
    /// The same, which asks FastCGI applications: a path, and a socket in the
    /// sandbox.
    NginxAsks(&'static [(&'static str, &'static str)]),
    /// lighttpd.
    Lighttpd,
}

impl Kind {
    /// The program that has to be installed, if it is not ours.
    pub(super) fn needs(self) -> Option<&'static str> {
        match self {
            Self::Example(..) | Self::StepTwo | Self::StepThree(_) | Self::StepFive(_) => None,
            Self::Python(_) | Self::HttpServer => Some("python3"),
            Self::Nginx | Self::NginxAsks(_) => Some("nginx"),
            Self::Lighttpd => Some("lighttpd"),
        }
    }

    /// Whether its program is ours, or installed.
    pub(super) fn is_there(self, sandbox: &Sandbox) -> bool {
        self.needs().is_none_or(|program| sandbox.has(program))
    }

    fn command(self, ours: &Ours, sandbox: &Sandbox, port: u16) -> Result<Command, String> {
        let address = format!("127.0.0.1:{port}");
        let with = |program: PathBuf, args: &[&str]| {
            let mut command = sandbox.command(program);
            command.args(args);
            command
        };
        let number = port.to_string();
        Ok(match self {
            Self::Example(name, words) => with(ours.path(name), &[words, &[&address]].concat()),
            Self::StepTwo => with(
                ours.path("step2-static-server"),
                &["--quiet", "--max-connections", "1000", "--port", &number],
            ),
            Self::StepThree(flags) => {
                with(ours.path("step3-cgi"), &[flags, &["--quiet", "--port", &number]].concat())
            }
            Self::StepFive(flags) => {
                with(ours.path("step5-wsgi-server"), &[flags, &["--port", &number]].concat())
            }
            Self::Python(kind) => {
                let script = workspace::root().join("book/check/figures/each_its_own.py");
                with("python3".into(), &[&script.display().to_string(), kind, &number])
            }
            Self::HttpServer => with(
                "python3".into(),
                &["-m", "http.server", "-p", "HTTP/1.1", "-b", "127.0.0.1", "-d", "www", &number],
            ),
            Self::Nginx | Self::NginxAsks(_) => {
                let asks =
                    if let Self::NginxAsks(applications) = self { applications } else { &[] };
                let file = configuration(sandbox, "nginx.conf", &nginx(sandbox, port, asks))?;
                with("nginx".into(), &["-c", &file, "-e", "stderr"])
            }
            Self::Lighttpd => {
                let file = configuration(sandbox, "lighttpd.conf", &lighttpd(sandbox, port))?;
                with("lighttpd".into(), &["-D", "-f", &file])
            }
        })
    }
}

/// The programs of these rows that are not installed.
pub(super) fn missing(rows: &[(&str, Kind)], sandbox: &Sandbox) -> Vec<&'static str> {
    let missing = rows.iter().filter(|(_, kind)| !kind.is_there(sandbox));
    missing.filter_map(|(_, kind)| kind.needs()).collect()
}

fn configuration(sandbox: &Sandbox, name: &str, text: &str) -> Result<String, String> {
    let path = sandbox.folder().join(name);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path.display().to_string())
}

fn nginx(sandbox: &Sandbox, port: u16, asks: &[(&str, &str)]) -> String {
    let folder = sandbox.folder();
    let folder = folder.display();
    let upstream = |(_, socket): &(&str, &str)| {
        format!("upstream {socket} {{ server unix:{folder}/{socket}; keepalive 16; }}\n")
    };
    let upstreams: String = asks.iter().map(upstream).collect();
    let locations: String = asks.iter().map(|(path, socket)| location(path, socket)).collect();
    format!(
        "daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;\n\
         events {{ worker_connections 4096; }}\n\
         http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; client_body_temp_path {folder}/a;\n\
         proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;\n\
         scgi_temp_path {folder}/e; types {{ image/svg+xml svg; }}\n\
         server {{ listen 127.0.0.1:{port}; root {folder}/www; {locations} }} {upstreams} }}\n"
    )
}

/// What nginx has to be told so that a path is an application's, and the
/// connection to it is kept.
fn location(path: &str, socket: &str) -> String {
    const TOLD: [(&str, &str); 9] = [
        ("REQUEST_METHOD", "$request_method"),
        ("QUERY_STRING", "$query_string"),
        ("CONTENT_TYPE", "$content_type"),
        ("CONTENT_LENGTH", "$content_length"),
        ("SERVER_PROTOCOL", "$server_protocol"),
        ("SERVER_NAME", "$server_name"),
        ("SERVER_PORT", "$server_port"),
        ("REMOTE_ADDR", "$remote_addr"),
        ("PATH_INFO", "$uri"),
    ];
    let told = TOLD.map(|(name, value)| format!("fastcgi_param {name} {value};")).join(" ");
    format!("location {path} {{ fastcgi_pass {socket}; fastcgi_keep_conn on; {told} }}\n")
}

fn lighttpd(sandbox: &Sandbox, port: u16) -> String {
    format!(
        "server.port = {port}\nserver.bind = \"127.0.0.1\"\n\
         server.document-root = \"{}/www\"\nserver.max-keep-alive-requests = 65535\n\
         server.max-connections = 1000\nserver.max-fds = 3000\n\
         mimetype.assign = ( \".svg\" => \"image/svg+xml\" )\n",
        sandbox.folder().display()
    )
}

/// A server that runs; ended, with its children, when dropped.
pub(super) struct Running {
    child: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
}

impl Running {
    /// Starts it and waits until it accepts.
    pub(super) fn start(kind: Kind, ours: &Ours, sandbox: &Sandbox) -> Result<Self, String> {
        Self::start_as(&format!("{kind:?}"), |port| kind.command(ours, sandbox, port))
    }

    /// The same for any command that listens at the port that it is given.
    pub(super) fn start_as(
        name: &str,
        command: impl Fn(u16) -> Result<Command, String>,
    ) -> Result<Self, String> {
        let fault = |error: std::io::Error| format!("{name}: {error}");
        let port = free_port().map_err(fault)?;
        let mut command = command(port)?;
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(fault)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut running = Self { child, address };
        let end = Instant::now() + READY;
        // Nothing but a connection tells that somebody else's server is ready.
        while TcpStream::connect(address).is_err() {
            if Instant::now() > end || !matches!(running.child.try_wait(), Ok(None)) {
                return Err(format!("{name} does not accept a connection"));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(running)
    }

    /// The processor time that it and its children have used.
    pub(super) fn processor_time(&self) -> Duration {
        processor_time(self.child.id())
    }

    /// The processor time that its threads and those of its children have used, to the nanosecond;
    /// those that have ended are left out.
    pub(super) fn time_of_living_threads(&self) -> Duration {
        let all = std::iter::once(self.child.id()).chain(children(self.child.id()));
        Duration::from_nanos(all.map(nanoseconds).sum())
    }

    /// The memory that it and its children hold for themselves alone, in KiB.
    pub(super) fn memory(&self) -> u64 {
        let all = std::iter::once(self.child.id()).chain(children(self.child.id()));
        all.map(|pid| status(pid, "RssAnon:")).sum()
    }

    /// The most memory that it and its children have held so far, in KiB.
    pub(super) fn peak_memory(&self) -> u64 {
        let all = std::iter::once(self.child.id()).chain(children(self.child.id()));
        all.map(|pid| status(pid, "VmHWM:")).sum()
    }

    /// The threads of it and of its children.
    pub(super) fn threads(&self) -> usize {
        let all = std::iter::once(self.child.id()).chain(children(self.child.id()));
        all.map(|pid| fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count)).sum()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // nginx ends its worker when it is asked to end; killed, it would leave it behind.
        if let Some(pid) = process::pid(&self.child) {
            let _ = kill_process(pid, Signal::TERM);
        }
        if process::wait_until(&mut self.child, Instant::now() + READY).is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The first `count` of utime, stime, cutime, cstime together, in ticks.
pub(super) fn processor_time(pid: u32) -> Duration {
    let running: u64 = children(pid).into_iter().map(|pid| ticks(pid, 4)).sum();
    let per_second = rustix::param::clock_ticks_per_second();
    Duration::from_millis((ticks(pid, 4) + running) * 1000 / per_second)
}

fn ticks(pid: u32, count: usize) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name of the program stands in parentheses, and may hold anything.
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    after.split_whitespace().skip(11).take(count).filter_map(|word| word.parse::<u64>().ok()).sum()
}

/// What the scheduler has given to the threads of a process.
fn nanoseconds(pid: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let given = |thread: fs::DirEntry| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    };
    threads.filter_map(given).sum()
}

/// The processes that any thread of this one has started.
fn children(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = threads.map(|thread| fs::read_to_string(thread.path().join("children")));
    let text: String = lists.map(Result::unwrap_or_default).collect();
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// A line of `/proc/PID/status` that counts KiB.
fn status(pid: u32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
