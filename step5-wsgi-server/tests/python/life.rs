//! Threads, signals, memory, and the end.

use std::fs;

use rustix::process::Signal;

use crate::running::{Running, apps, program};

#[test]
fn threads_run_the_application_at_the_same_time_and_keep_what_is_their_own() {
    let mut command = program(&["threads:app", "--threads", "2", "--chdir"]);
    command.arg(apps());
    let server = Running::start(command);
    let (mut one, mut other) = (server.connect(), server.connect());
    for calls in 1..=3 {
        one.send("GET /both HTTP/1.1\r\nHost: a\r\n\r\n");
        other.send("GET /both HTTP/1.1\r\nHost: a\r\n\r\n");
        for client in [&mut one, &mut other] {
            assert_eq!(client.answer().text(), format!("{calls} True"));
        }
    }
}

#[test]
fn sigterm_finishes_what_is_under_way_and_what_is_registered_for_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&["streams:app", "--threads", "2", "--chdir"]);
    command.arg(apps()).env("GO", folder.path().join("go"));
    let server = Running::start(command);
    let mut client = server.connect();
    client.send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut seen = client.some_bytes();
    server.signal(Signal::TERM);
    fs::write(folder.path().join("go"), "").unwrap();
    seen.extend(client.until_close());
    assert!(seen.ends_with(b"6\r\nsecond\r\n0\r\n\r\n"), "{}", seen.escape_ascii());
    assert_eq!(server.ends().0.code(), Some(0));

    let server = Running::app("says_goodbye:app");
    assert_eq!(server.get("/").text(), "hello");
    server.signal(Signal::TERM);
    let (status, printed) = server.ends();
    assert_eq!(status.code(), Some(0));
    assert!(printed.ends_with("goodbye\n"), "{printed}");
}

#[test]
fn an_application_that_never_ends_does_not_keep_the_server_from_ending() {
    let mut command = program(&["never_ends:app", "--graceful-timeout", "1", "--chdir"]);
    command.arg(apps());
    let server = Running::start(command);
    assert_eq!(server.get("/").text(), "hello");
    server.signal(Signal::TERM);
    assert_eq!(server.ends().0.code(), Some(0));
}

#[test]
fn several_processes_serve_one_application_and_it_is_told_so() {
    let mut command = program(&["environ:app", "--workers", "2", "--chdir"]);
    command.arg(apps());
    let server = Running::start(command);
    let content = server.get("/").text();
    assert!(content.contains("wsgi.multiprocess=True\nwsgi.multithread=False\n"), "{content}");
    server.signal(Signal::TERM);
    assert_eq!(server.ends().0.code(), Some(0));
}

#[test]
fn a_change_of_the_code_starts_the_server_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changing.py");
    let code = |answer: &str| {
        let app = fs::read_to_string(apps().join("says_goodbye.py")).unwrap();
        fs::write(&file, app.replace("b\"hello\"", &format!("b\"{answer}\""))).unwrap();
    };
    code("before");
    let mut command = program(&["changing:app", "--reload", "--chdir"]);
    command.arg(folder.path());
    let mut server = Running::start(command);
    assert_eq!(server.get("/").text(), "before");
    code("after, and longer");
    server.listens_anew();
    assert_eq!(server.get("/").text(), "after, and longer");
}

#[test]
fn memory_stays_flat_over_many_requests() {
    let server = Running::app("well_behaved:app");
    let mut client = server.connect();
    let ask = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nX-Name: v\r\n\r\nabc".repeat(50);
    let mut many = |rounds: usize| {
        for _ in 0..rounds {
            client.send(&ask);
            for _ in 0..50 {
                assert_eq!(client.answer().text(), "POST abc");
            }
        }
    };
    many(400);
    let before = server.kibibytes("VmRSS");
    many(3_600);
    let grown = server.kibibytes("VmRSS").saturating_sub(before);
    assert!(grown < 2048, "180,000 requests took {grown} KiB");
}
