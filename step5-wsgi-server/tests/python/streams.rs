//! Content that is made while it is sent, and what closes it.

use std::fs;

use crate::running::{Running, apps, program};

fn server() -> (Running, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&["streams:app", "--threads", "2", "--chdir"]);
    command.arg(apps()).env("GO", folder.path().join("go"));
    (Running::start(command), folder)
}

#[test]
fn a_block_is_sent_before_the_next_is_asked_for() {
    let (server, folder) = server();
    let mut client = server.connect();
    client.send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
    let mut seen = String::new();
    while !seen.contains("first") {
        seen += std::str::from_utf8(&client.some_bytes()).unwrap();
    }
    assert!(!seen.contains("second"));
    fs::write(folder.path().join("go"), "").unwrap();
    while !seen.ends_with("0\r\n\r\n") {
        seen += std::str::from_utf8(&client.some_bytes()).unwrap();
    }
    assert!(seen.contains("6\r\nsecond\r\n"), "{seen}");
    server.until("/events", "['waits closed']");
}

#[test]
fn content_is_closed_once_also_when_the_client_has_left() {
    let (server, _folder) = server();
    let mut client = server.connect();
    client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    client.some_bytes();
    drop(client);
    server.until("/events", "['endless closed']");
    server.until("/events", "[]");
}

#[test]
fn content_is_closed_once_whether_it_is_sent_or_not() {
    let (server, _folder) = server();
    for (method, path, status, content) in [
        ("GET", "/exact", 200, "right"),
        ("HEAD", "/exact", 200, ""),
        ("GET", "/nothing", 200, ""),
        ("GET", "/no_content", 204, ""),
        ("GET", "/not_modified", 304, ""),
    ] {
        let answer = server.ask(method, path, "");
        assert_eq!((answer.status, answer.text().as_str()), (status, content), "{method} {path}");
        server.until("/events", "['closed']");
    }
    assert!(!server.log().contains("error"), "{}", server.log());
}

#[test]
fn an_error_after_the_first_byte_cuts_the_connection() {
    let (server, _folder) = server();
    for (path, length_or_end) in [("/breaks", "0\r\n\r\n"), ("/short", "0123456789")] {
        let seen = server.connect_and_read(path);
        assert!(seen.starts_with("HTTP/1.1 200 OK\r\n"), "{seen}");
        assert!(!seen.ends_with(length_or_end), "it looks whole: {seen}");
    }
    assert!(server.log().contains("raised after the first byte"), "{}", server.log());
    let answer = server.get("/long");
    assert_eq!(answer.text(), "right");
}

#[test]
fn start_response_may_be_called_as_late_as_the_first_block() {
    let (server, _folder) = server();
    let answer = server.get("/late_start");
    assert_eq!((answer.status, answer.text().as_str()), (201, "late"));
    assert_eq!(server.get("/never_starts").status, 500);
    assert!(server.log().contains("before start_response was called"), "{}", server.log());
}

#[test]
fn a_large_block_is_sent_whole() {
    let (server, _folder) = server();
    let answer = server.get("/large");
    assert_eq!(answer.field("content-length"), Some("3000000"));
    assert!(answer.content.len() == 3_000_000 && answer.content.iter().all(|&byte| byte == 0));
}
