//! What the tests of step 3 share: programs in sh, a server that runs them, and
//! step 1's client, which says exactly what it is told to say.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "each test file uses a part"
)]

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use step1_http_basics::connection::Service;
use step1_http_basics::handler::Handler;
use step1_http_basics::limits::Limits;
use step1_http_basics::serve::Server;
use step2_static_server::dispatch;
use step2_static_server::static_files::StaticFiles;
use step3_cgi::cgi::{Cgi, Options};
use step3_cgi::site::{Site, Where};

#[path = "../../../step1-http-basics/tests/support/client.rs"]
pub(crate) mod client;

#[path = "running.rs"]
pub(crate) mod running;

pub(crate) use client::{Answer, Client};

/// No test waits longer than this for anything.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// A folder with files and programs.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("www/cgi-bin")).unwrap();
        fs::write(folder.path().join("www/index.html"), "home").unwrap();
        Place { folder }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("www")
    }

    pub(crate) fn programs(&self) -> PathBuf {
        self.root().join("cgi-bin")
    }

    /// A file beside the root, for programs to leave notes in.
    pub(crate) fn note(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program in sh.
    pub(crate) fn script(&self, name: &str, lines: &str) -> &Self {
        self.program(name, &format!("#!/bin/sh\n{lines}\n"))
    }

    /// A program. Another process writes it: one that this process had open
    /// for writing, while a thread of it starts another program, is "busy".
    pub(crate) fn program(&self, name: &str, text: &str) -> &Self {
        let path = self.programs().join(name);
        let mut shell = Command::new("sh")
            .args(["-c", "mkdir -p \"${0%/*}\"; cat > \"$0\"; chmod 755 \"$0\""])
            .arg(path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        shell.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success());
        self
    }

    /// Serves the files and the programs while `test` runs.
    pub(crate) fn serve(&self, test: impl FnOnce(SocketAddr)) {
        self.serve_with(Options::default(), test);
    }

    /// The same, with options.
    pub(crate) fn serve_with(&self, options: Options, test: impl FnOnce(SocketAddr)) {
        let options = Options { document_root: Some(self.root()), ..options };
        let files = StaticFiles::open(&self.root()).unwrap().without(Path::new("cgi-bin"));
        let programs = Cgi::new(options).with_folder(&self.programs()).unwrap();
        let site = Site::new(&files).mount(Where::cgi_bin(), programs);
        self.serve_files(&site, test);
    }

    /// Serves with this handler.
    pub(crate) fn serve_files(&self, handler: &dyn Handler, test: impl FnOnce(SocketAddr)) {
        let service = Service::new(handler, Limits::default());
        let server = Server::bind("127.0.0.1:0", 64, Duration::from_secs(10)).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| dispatch::thread_per_connection(&server, &service));
            let result = catch_unwind(AssertUnwindSafe(|| test(server.address())));
            server.stop();
            result.unwrap_or_else(|panic| resume_unwind(panic));
        });
    }

    /// Serves, and answers the requests of `test` one by one.
    pub(crate) fn ask(&self, test: impl FnOnce(&mut dyn FnMut(&str) -> Answer)) {
        self.ask_with(Options::default(), test);
    }

    /// The same, with options.
    pub(crate) fn ask_with(
        &self,
        options: Options,
        test: impl FnOnce(&mut dyn FnMut(&str) -> Answer),
    ) {
        self.serve_with(options, |address| test(&mut |request| ask(address, request)));
    }
}

/// Sends a method and a target, then field lines, each on a line of its own,
/// then, after an empty line, content; and reads the answer.
#[track_caller]
pub(crate) fn ask(address: SocketAddr, request: &str) -> Answer {
    let mut client = Client::connect(address);
    client.send(message(request));
    client.answer_to(request.split(' ').next().unwrap())
}

/// The bytes of such a request.
pub(crate) fn message(request: &str) -> String {
    let (head, content) = request.split_once("\n\n").unwrap_or((request, ""));
    let (line, fields) = head.split_once('\n').unwrap_or((head, ""));
    let fields: String = fields.lines().map(|field| format!("{field}\r\n")).collect();
    let length = match content.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    format!("{line} HTTP/1.1\r\nHost: test.example:81\r\n{fields}{length}\r\n{content}")
}

/// Waits for something to become so. There is no event to wait for where
/// another process ends or writes.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < DEADLINE, "not within {DEADLINE:?}: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether there is a process with this number, ended and not waited for or not.
pub(crate) fn is_there(pid: &str) -> bool {
    Path::new("/proc").join(pid.trim()).exists()
}

/// The number that a program has written into a note.
#[track_caller]
pub(crate) fn pid_in(note: &Path) -> String {
    until("a process number in the note", || {
        fs::read_to_string(note).is_ok_and(|text| text.ends_with('\n'))
    });
    fs::read_to_string(note).unwrap().trim().to_owned()
}
