//! Several processes: whatever an application does to its own, the others
//! serve on.

use std::fs;
use std::path::Path;

use rustix::process::{Signal, kill_process};

use crate::client::Client;
use crate::program::{Load, Program, answered_by, pid, until, workers};
use crate::running::{apps, program};

fn serving(name: &str, folder: &Path) -> Program {
    let mut command = program(&[name, "--workers", "2", "--chdir"]);
    command.arg(folder);
    Program::serve(command)
}

/// The number of the process that answers on this connection.
fn who(client: &mut Client) -> u32 {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    answered_by(&client.answer().text())
}

/// Connects until somebody else answers than `other`.
fn connected_to_another_than(other: u32, server: &Program) -> (Client, u32) {
    let address = server.address.parse().unwrap();
    let connected = until(|| {
        let mut client = Client::connect(address);
        let who = who(&mut client);
        (who != other).then_some((client, who))
    });
    connected.unwrap_or_else(|| panic!("nobody but {other} answers: {}", server.said()))
}

#[track_caller]
fn check_replaced(end: impl FnOnce(&mut Client, u32), status: &str) {
    let server = serving("dies:app", &apps());
    let (mut client, unlucky) = connected_to_another_than(0, &server);
    let (mut neighbour, lives) = connected_to_another_than(unlucky, &server);
    end(&mut client, unlucky);
    client.expect_end();
    assert_eq!(who(&mut neighbour), lives);
    server.waits_for(&format!("(process {unlucky}) has ended: {status}; another takes its place"));
    assert_eq!(who(&mut neighbour), lives);
    assert_ne!(connected_to_another_than(lives, &server).1, unlucky);
    assert_eq!(who(&mut neighbour), lives);
}

#[test]
fn a_worker_that_is_killed_is_replaced_and_the_other_serves_on() {
    let kill = |_: &mut Client, process| kill_process(pid(process), Signal::KILL).unwrap();
    check_replaced(kill, "signal: 9 (SIGKILL)");
}

#[test]
fn a_worker_that_its_application_ends_is_replaced_and_the_other_serves_on() {
    for (path, status) in [
        ("/exit", "exit status: 1"),
        ("/kill", "signal: 9 (SIGKILL)"),
        ("/segmentation_fault", "signal: 11 (SIGSEGV)"),
    ] {
        let ask = |client: &mut Client, _| {
            client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        };
        check_replaced(ask, status);
    }
}

#[test]
fn sighup_loads_the_code_anew_and_no_request_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changing.py");
    let app = fs::read_to_string(apps().join("names.py")).unwrap();
    let code = |answer: &str| app.replace("b\"application\"", &format!("b\"{answer}\""));
    fs::write(&file, code("before")).unwrap();
    let server = serving("changing", folder.path());
    assert!(server.get("/").ends_with("before"));
    let load = Load::start(&server.address, "/", 4);
    fs::write(&file, code("after")).unwrap();
    assert!(server.get("/").ends_with("before"));
    let old = workers(&server, 2, &[]);
    server.signal(Signal::HUP);
    let new = workers(&server, 2, &old);
    assert!(server.get("/").ends_with("after"));
    // Code that cannot be loaded: whoever serves goes on, and says why.
    fs::write(&file, "import no_such_module\n").unwrap();
    server.signal(Signal::HUP);
    server.waits_for("the new workers cannot start (exit status: 3): the old ones stay");
    assert!(server.said().contains("No module named 'no_such_module'"), "{}", server.said());
    assert_eq!(workers(&server, 2, &old), new);
    assert!(server.get("/").ends_with("after"));
    load.goes_on(100);
    assert_eq!(load.end().1, [""; 0]);
    server.signal(Signal::TERM);
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_worker_that_reads_its_standard_input_while_it_loads_finds_it_empty() {
    let server = serving("reads_standard_input:app", &apps());
    assert!(server.get("/").ends_with("\r\n\r\n'' ''"));
}
