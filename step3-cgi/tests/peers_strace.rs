//! A program is started without copying the server's page tables, watched from
//! outside. Needs strace (feature `peers`).
#![allow(clippy::unwrap_used)]

#[path = "support/programs.rs"]
mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use support::running::Running;
use support::{Place, ask};

#[test]
fn every_program_is_started_as_vfork_does_it() {
    let place = Place::new();
    place.script("hello", "printf 'Content-Type: text/plain\\n\\nhello'");
    place.script("echo", "printf 'Content-Type: text/plain\\n\\n'; cat");
    let root = place.root();
    let server = Running::start(Path::new("/"), "", &["--root", root.to_str().unwrap()]);
    let trace = place.note("trace");
    let mut strace = Command::new("strace")
        .args(["-f", "-e", "trace=clone,clone3,fork,vfork,execve", "-o"])
        .arg(&trace)
        .args(["-p", &server.pid().to_string()])
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace must be installed for the feature `peers`");
    let mut said = String::new();
    let mut lines = BufReader::new(strace.stderr.take().unwrap());
    while !said.contains("attached") {
        assert_ne!(lines.read_line(&mut said).unwrap(), 0, "strace: {said}");
    }
    assert_eq!(ask(server.address, "GET /cgi-bin/hello").text(), "hello");
    assert_eq!(ask(server.address, "POST /cgi-bin/echo\n\nhi").text(), "hi");
    server.stop();
    strace.wait().unwrap();
    let trace = fs::read_to_string(trace).unwrap();
    // The server itself also starts threads, which share its memory.
    let forks = trace.lines().filter(|line| {
        (line.contains("clone") || line.contains("fork("))
            && !line.contains("CLONE_THREAD")
            && !line.contains("resumed")
    });
    let (by_server, by_shell): (Vec<_>, Vec<_>) =
        forks.partition(|line| line.contains("CLONE_VM") || line.contains("vfork("));
    assert_eq!(by_server.iter().filter(|line| line.contains("CLONE_VFORK")).count(), 2, "{trace}");
    // `cat` is started by the shell.
    assert!(by_shell.len() <= 1, "{by_shell:?}");
}
