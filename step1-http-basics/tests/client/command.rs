//! `get`, as it is typed: what it prints, and where, and how it ends.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use step1_http_basics::limits::Limits;

use super::scripted::{answering, refusing, serving};
use super::server;

/// Runs `get` with these arguments, and this on its standard input.
fn get_with(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_step1-http-basics"))
        .args(["get", "--timeout", "20"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe to it");
    // A command that does not read its input may be gone already.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn get(arguments: &[&str]) -> Output {
    get_with(arguments, b"")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// A file of this test's own.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn the_phases_are_printed_in_order_with_their_times() {
    server::serving(&server::echo, Limits::default(), |address| {
        let output = get(&[&format!("http://{address}/x#there")]);
        let text = out(&output);
        assert!(output.status.success(), "{}", err(&output));
        let phases: Vec<_> = text
            .lines()
            .filter_map(|line| line.split_once(" ms  ").or(line.split_once(" ms")))
            .map(|(begin, _)| begin.split(' ').next().unwrap_or_default())
            .collect();
        let expected =
            ["resolve", "connect", "send", "wait", "receive", "receive", "close", "total"];
        assert_eq!(phases, expected, "{text}");
        for part in [
            &format!("GET http://{address}/x\n")[..],
            "#there stays here",
            "method: ",
            "RFC 9110 §9.3.1",
            "  │ GET /x \n",
            "the content: 7 bytes, as Content-Length says",
        ] {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
    });
}

#[test]
fn method_fields_and_data_are_sent() {
    server::serving(&server::echo, Limits::default(), |address| {
        let url = &format!("http://{address}/x")[..];
        let posted = out(&get(&[url, "--data", "hello", "--no-annotate"]));
        assert!(posted.contains("POST /x HTTP/1.1␍␊\n"), "{posted}");
        assert!(posted.contains("Content-Type: text/plain; charset=utf-8␍␊"), "{posted}");
        assert!(posted.contains("Content-Length: 5␍␊"), "{posted}");
        assert!(posted.contains("│ POST /x hello\n"), "{posted}");
        let fields = ["--field", "content-type: a/b", "--field", "X-One:1", "--field", "x-one: 2"];
        let arguments = [&[url, "--method", "PUT", "--data", "@-", "--no-annotate"][..], &fields];
        let put = out(&get_with(&arguments.concat(), b"from a pipe"));
        assert!(put.contains("Content-Type: a/b␍␊"), "{put}");
        assert!(put.contains("X-One: 1␍␊\nX-One: 2␍␊"), "{put}");
        assert!(put.contains("│ PUT /x from a pipe\n"), "{put}");
        let path = file("get-data");
        fs::write(&path, "from a file").unwrap();
        let posted = out(&get(&[url, "--data", &format!("@{}", path.display())]));
        assert!(posted.contains("application/octet-stream"), "{posted}");
        assert!(posted.contains("│ POST /x from a file\n"), "{posted}");
    });
}

#[test]
fn content_goes_where_it_is_told_to_go() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let response = [b"HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n", &every_byte[..]].concat();
    answering(&response, |address| {
        let url = &format!("http://{address}/")[..];
        let path = file("get-output");
        let output = get(&[url, "--output", &path.display().to_string()]);
        assert!(output.status.success(), "{}", err(&output));
        assert_eq!(fs::read(&path).unwrap(), every_byte);
        assert!(out(&output).contains("receive"));
        let output = get(&[url, "--output", "-"]);
        assert_eq!(output.stdout, every_byte);
        assert!(err(&output).contains("receive"));
    });
}

#[test]
fn nothing_from_the_server_acts_on_the_terminal() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let head = b"HTTP/1.1 200 \xff\x9b31m\r\nX: \xc2\x9b31m\xe2\x80\xae\t\r\nA: \xff\r\n\r\n";
    let response = [&head[..], &every_byte].concat();
    for response in [
        &response[..],
        b"\x1b]0;owned\x07 not HTTP",
        b"HTTP/1.1 302 x\r\nLocation: \xc2\x9b\r\n\r\n",
    ] {
        answering(response, |address| {
            let output = get(&[&format!("http://{address}/"), "--follow"]);
            let shown = out(&output) + &err(&output);
            let acts =
                |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
            assert!(!shown.contains(acts), "{shown:?}");
        });
    }
}

#[test]
fn binary_content_is_counted_and_not_shown() {
    let response = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nPNG and so on";
    answering(response, |address| {
        let text = out(&get(&[&format!("http://{address}/")]));
        assert!(text.contains("13 bytes that are not text"), "{text}");
        assert!(!text.contains("and so on"), "{text}");
    });
}

#[test]
fn a_redirect_is_followed_when_asked_and_pointed_out_else() {
    let script = |connection: &mut super::scripted::Connection| {
        let answer: &[u8] = match connection.head.split(' ').nth(1) {
            Some("/") => b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\nover there",
            _ => b"HTTP/1.1 200 OK\r\n\r\nhere I am",
        };
        connection.send(answer);
    };
    serving(script, |address| {
        let url = &format!("http://{address}/")[..];
        let followed = out(&get(&[url, "--follow"]));
        assert!(followed.contains(&format!("302 leads to http://{address}/there")), "{followed}");
        assert!(followed.contains("│ here I am"), "{followed}");
        let alone = get(&[url, "--follow", "--output", "-"]);
        assert_eq!((out(&alone), alone.status.code()), ("here I am".to_owned(), Some(0)));
        let not_followed = out(&get(&[url]));
        assert!(not_followed.contains("--follow goes there"), "{not_followed}");
        assert!(!not_followed.contains("here I am"), "{not_followed}");
    });
}

#[test]
fn an_answer_that_says_no_is_an_answer() {
    answering(b"HTTP/1.1 404 Not Found\r\n\r\n", |address| {
        assert_eq!(get(&[&format!("http://{address}/")]).status.code(), Some(0));
    });
}

/// Fails with a message that begins so, on standard error, and exit code 1.
#[track_caller]
fn fails(arguments: &[&str], begin: &str) {
    let output = get(arguments);
    let message = err(&output);
    assert!(
        message.starts_with(&format!("step1-http-basics: {begin}")),
        "{arguments:?}: {message}"
    );
    assert_eq!(output.status.code(), Some(1), "{message}");
}

#[test]
fn what_is_wrong_is_said_with_its_phase_and_what_to_try() {
    fails(&["https://example.org/"], "url: https is http inside TLS");
    fails(
        &["localhost:8000"],
        "url: a URL begins with its scheme (RFC 3986 §3.1)\nTry: write http://localhost:8000",
    );
    fails(&["ftp://example.org/"], "url: this client speaks http, not ftp");
    fails(&["http://me:secret@localhost/"], "url: a user name or password");
    fails(&["http://bücher.example/"], "url: the host name \"bücher.example\" is not ASCII");
    fails(&["http://nowhere.invalid/"], "resolve: no address was found for nowhere.invalid");
    let (_socket, address) = refusing();
    let url = &format!("http://{address}/")[..];
    fails(&[url], &format!("connect: {address} refused: nothing listens there\nTry: check"));
    fails(&[url, "--method", "C D"], "--method \"C D\" is no method");
    fails(&[url, "--method", "CONNECT"], "request: CONNECT asks a proxy");
    fails(&[url, "--method", "TRACE", "--data", "x"], "request: a TRACE request has no content");
    fails(&[url, "--field", "no colon"], "--field \"no colon\" has no colon");
    fails(&[url, "--field", "A: b\nC: d"], "--field \"A: b\\nC: d\": a value cannot hold");
    fails(&[url, "--field", "Content-Length: 5"], "--field: the client sets content-length itself");
    fails(&[url, "--data", "@/nowhere/at/all"], "--data @/nowhere/at/all: ");
    answering(b"SSH-2.0-OpenSSH_9.2\r\n", |address| {
        let begin = "receive: the answer is not HTTP/1: ";
        fails(&[&format!("http://{address}/")], begin);
    });
    answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", |address| {
        let begin = "receive: the connection was closed after 3 of 5 bytes of content";
        fails(&[&format!("http://{address}/")], begin);
    });
    answering(b"HTTP/1.1 302 Found\r\nLocation: https://a.example/\r\n\r\n", |address| {
        fails(
            &[&format!("http://{address}/"), "--follow"],
            "redirect: the server sends us to https://a.example/, but https is http inside TLS",
        );
    });
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let response = ["HTTP/1.1 200 OK\r\n\r\n", &"x\n".repeat(100_000)].concat();
    answering(response.as_bytes(), |address| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_step1-http-basics"))
            .args(["get", "--output", "-", &format!("http://{address}/")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", err(&output));
        assert!(!err(&output).contains("panicked"), "{}", err(&output));
    });
}
