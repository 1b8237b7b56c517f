//! The program as its operator sees it: started, asked, signalled, listened to.
#![allow(dead_code, unreachable_pub)] // each test file uses a part

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_step5-wsgi-server");
pub const DEADLINE: Duration = Duration::from_secs(30);

/// A running program; it and its children are killed if the test ends early.
pub struct Program {
    child: Child,
    pub address: String,
    said: Arc<Mutex<String>>,
    listeners: Vec<thread::JoinHandle<()>>,
}

impl Program {
    /// Starts it at a free port, and waits until it says that it serves.
    pub fn start(flags: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["--port", "0"]).args(flags);
        Self::serve(command)
    }

    /// Starts a server, and waits until it says that it serves.
    pub fn serve(command: Command) -> Self {
        let mut program = Self::run(command);
        program.waits_for("Ctrl-C");
        let said = program.said();
        let address = said.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        program.address = address.unwrap_or_default().to_owned();
        program
    }

    /// Starts any program.
    pub fn run(mut command: Command) -> Self {
        let command = command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let out = listen(child.stdout.take().unwrap(), &said);
        let err = listen(child.stderr.take().unwrap(), &said);
        Program { child, address: String::new(), said, listeners: vec![out, err] }
    }

    /// All that it has said, on standard output and standard error.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has said this.
    #[track_caller]
    pub fn waits_for(&self, text: &str) {
        let seen = until(|| self.said().contains(text).then_some(()));
        assert!(seen.is_some(), "not said: {text:?}, but: {}", self.said());
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(pid(self.child.id()), signal).unwrap();
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends a signal again and again until it ends: two that come quickly may
    /// be one.
    pub fn insists(&mut self, signal: Signal) {
        let ended = until(|| {
            self.signal(signal);
            thread::sleep(Duration::from_millis(200));
            self.has_ended().then_some(())
        });
        assert!(ended.is_some(), "it does not end: {}", self.said());
    }

    /// The children of this process.
    pub fn workers(&self) -> Vec<u32> {
        let process = self.child.id();
        let path = format!("/proc/{process}/task/{process}/children");
        let children = std::fs::read_to_string(path).unwrap_or_default();
        children.split_whitespace().map(|child| child.parse().unwrap()).collect()
    }

    /// What it answers to GET on a connection of its own.
    #[track_caller]
    pub fn get(&self, path: &str) -> String {
        get(&self.address, path).unwrap_or_else(|| panic!("no answer: {}", self.said()))
    }

    /// Waits for the end: the exit code, and all that it has said.
    pub fn wait(mut self) -> (Option<i32>, String) {
        let ended = until(|| self.child.try_wait().unwrap());
        let ended = ended.unwrap_or_else(|| panic!("it does not end: {}", self.said()));
        self.listeners.drain(..).for_each(|listener| listener.join().unwrap());
        (ended.code(), self.said())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        for worker in self.workers() {
            let _ = kill_process(pid(worker), Signal::KILL);
        }
        let _ = kill_process_group(pid(self.child.id()), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Waits until there are so many workers, none of which is one of `old`.
#[track_caller]
pub fn workers(program: &Program, number: usize, old: &[u32]) -> Vec<u32> {
    let there = until(|| {
        let workers = program.workers();
        let are_new = workers.iter().all(|worker| !old.contains(worker));
        (workers.len() == number && are_new).then_some(workers)
    });
    there.unwrap_or_else(|| panic!("{:?}, {}", program.workers(), program.said()))
}

fn listen(output: impl Read + Send + 'static, said: &Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    let said = Arc::clone(said);
    thread::spawn(move || {
        let mut lines = BufReader::new(output);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|length| length > 0) {
            said.lock().unwrap().push_str(&line);
            line.clear();
        }
    })
}

pub fn pid(process: u32) -> Pid {
    Pid::from_raw(process.cast_signed()).unwrap()
}

/// Asks again and again until there is an answer, or the deadline has passed.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    while began.elapsed() < DEADLINE {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}

pub fn is_alive(process: u32) -> bool {
    // A zombie that nobody has reaped yet does not serve any more.
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
}

pub fn connect(address: &str) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A whole answer, head and all; `None` if there is none.
pub fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    (!answer.is_empty()).then_some(answer)
}

/// The process that a page of `trouble` came from.
#[track_caller]
pub fn answered_by(page: &str) -> u32 {
    let number = page.split("from process ").nth(1).and_then(|rest| rest.split('.').next());
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("who? {page}"))
}

/// Clients that ask without a pause, and count what goes wrong.
pub struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    clients: Vec<thread::JoinHandle<Vec<String>>>,
}

impl Load {
    /// So many clients; each keeps its connection for as long as it may.
    pub fn start(address: &str, path: &'static str, clients: usize) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let client = |_| {
            let (address, stop) = (address.to_owned(), Arc::clone(&stop));
            let answered = Arc::clone(&answered);
            thread::spawn(move || {
                let mut wrong = Vec::new();
                let mut kept = None;
                while !stop.load(Ordering::Relaxed) && wrong.len() < 10 {
                    match ask(&mut kept, &address, path) {
                        Ok(()) => drop(answered.fetch_add(1, Ordering::Relaxed)),
                        Err(error) => {
                            wrong.push(error);
                            kept = None;
                        }
                    }
                }
                wrong
            })
        };
        let clients = (0..clients).map(client).collect();
        Load { stop, answered, clients }
    }

    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Waits until so many more requests are answered.
    #[track_caller]
    pub fn goes_on(&self, requests: u64) {
        let goal = self.answered() + requests;
        assert!(until(|| (self.answered() >= goal).then_some(())).is_some(), "no answers any more");
    }

    /// Ends it: how many were answered, and everything that went wrong.
    pub fn end(self) -> (u64, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        let wrong = self.clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
        (self.answered.load(Ordering::Relaxed), wrong)
    }
}

/// One request, on the connection that was kept if there is one.
fn ask(kept: &mut Option<BufReader<TcpStream>>, address: &str, path: &str) -> Result<(), String> {
    let reused = kept.is_some();
    let mut stream = match kept.take() {
        Some(stream) => stream,
        None => BufReader::new(connect(address).map_err(|error| format!("connect: {error}"))?),
    };
    let wrong = |what: &'static str| {
        move |error: std::io::Error| format!("{what}: {error}, reused {reused}")
    };
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes()).map_err(wrong("send"))?;
    let (mut head, mut line) = (String::new(), String::new());
    while line != "\r\n" {
        line.clear();
        if stream.read_line(&mut line).map_err(wrong("head"))? == 0 {
            return Err(format!("the end after {head:?}, reused {reused}"));
        }
        head.push_str(&line);
    }
    let lower = head.to_ascii_lowercase();
    let field = |name: &str| lower.lines().find_map(|line| line.strip_prefix(name));
    let length: usize = field("content-length: ").and_then(|it| it.parse().ok()).unwrap_or(0);
    let mut content = vec![0; length];
    stream.read_exact(&mut content).map_err(wrong("content"))?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(head);
    }
    if field("connection: ") != Some("close") {
        *kept = Some(stream);
    }
    Ok(())
}
