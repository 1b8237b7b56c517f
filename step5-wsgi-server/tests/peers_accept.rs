//! Linux hands over what went wrong on the way to a new connection as an error of
//! `accept`. It ends nobody, and nobody has to leave for it. strace injects it.
//!
//! Needs strace: `cargo test -p step5-wsgi-server --features peers`.
#![allow(clippy::unwrap_used)]

#[path = "support/program.rs"]
mod program;
#[path = "../../step3-cgi/tests/support/records.rs"]
#[allow(dead_code)]
mod records;

use std::process::Command;

use program::{PROGRAM, Program};
use records::{Front, begin, stdin};

/// accept(2), Error handling.
const ON_THE_WAY: [&str; 8] = [
    "ENETDOWN",
    "EPROTO",
    "ENOPROTOOPT",
    "EHOSTDOWN",
    "ENONET",
    "EHOSTUNREACH",
    "EOPNOTSUPP",
    "ENETUNREACH",
];

/// The program, whose first `accept` fails so.
fn failing(error: &str, flags: &[&str]) -> Command {
    let mut command = Command::new("strace");
    let inject = format!("inject=accept4:error={error}:when=1");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=accept4", "-e", &inject]);
    command.arg(PROGRAM).args(flags);
    command
}

#[test]
fn a_fastcgi_application_goes_on() {
    for error in ON_THE_WAY {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let place = format!("unix:{}", socket.display());
        let program = Program::run(failing(error, &["hello", "--as", "fastcgi", "--bind", &place]));
        program.waits_for("Listening at");
        let mut front = Front::connect(&socket);
        front.send(&[begin(1, false, &[("REQUEST_METHOD", "GET")]), stdin(1, b"")].concat());
        assert!(front.answer(1).stdout.contains("Hello"), "{error}");
        assert!(!program.said().contains("cannot accept"), "{error}: {}", program.said());
    }
}

#[test]
fn the_event_loop_does_not_take_it_for_a_lack() {
    for error in ON_THE_WAY {
        let program = Program::serve(failing(error, &["hello", "--port", "0"]));
        assert!(program.get("/").starts_with("HTTP/1.1 200 "), "{error}");
        assert!(!program.said().contains("cannot accept"), "{error}: {}", program.said());
    }
}
