//! What a program prints is what the client gets, or a fault with its status.
#![allow(clippy::unwrap_used)]

#[path = "support/programs.rs"]
mod support;

use std::fs;
use std::process::Command;

use step3_cgi::cgi::Options;
use support::{Client, Place, ask, message};

/// What comes of a program in sh.
#[track_caller]
fn check(lines: &str, status: u16, expected: &str) {
    let place = Place::new();
    place.script("program", lines);
    place.ask(|ask| {
        let answer = ask("GET /cgi-bin/program");
        assert_eq!((answer.status, answer.text().as_str()), (status, expected), "{}", answer.head);
        assert_eq!(ask("GET /").text(), "home", "the server goes on");
    });
}

/// What comes of a program in sh that prints no response.
#[track_caller]
fn check_fault(lines: &str, status: u16) {
    let place = Place::new();
    place.script("program", lines);
    place.ask(|ask| {
        let answer = ask("GET /cgi-bin/program");
        assert_eq!(answer.status, status, "{lines}\n{}", answer.head);
        assert!(answer.text().contains("<h1>"), "a page says what happened: {}", answer.text());
        assert_eq!(ask("GET /").text(), "home", "the server goes on");
    });
}

#[test]
fn a_document_is_sent_as_it_was_printed() {
    check("printf 'Content-Type: text/plain\\n\\nhi\\n'", 200, "hi\n");
    check("printf 'Status: 404 Nothing\\r\\nContent-Type: a/b\\r\\n\\r\\n'", 404, "");
    check("printf 'Content-Type: text/plain\\nContent-Length: 2\\n\\nhi'", 200, "hi");
    check("printf 'Content-Type: text/plain\\nContent-Length: 2\\n\\nhi, and more'", 200, "hi");
    check("printf 'Content-Type: a/b\\n\\nhi'; exit 3", 200, "hi");
}

#[test]
fn a_document_keeps_its_fields_and_the_connection() {
    let place = Place::new();
    let fields = "Content-Type: text/plain\\nSet-Cookie: a=1\\nX-CGI-Own: x\\nServer: mine";
    place.script("program", &format!("printf '{fields}\\n\\nhi'"));
    place.serve(|address| {
        let mut client = Client::connect(address);
        for _ in 0..3 {
            client.send(message("GET /cgi-bin/program"));
            let answer = client.answer();
            assert_eq!(answer.text(), "hi");
            assert_eq!(answer.field("set-cookie"), Some("a=1"));
            assert_eq!(answer.field("server"), Some("mine"));
            assert_eq!(answer.field("x-cgi-own"), None);
            assert!(!answer.closes());
        }
    });
}

#[test]
fn head_and_answers_without_content_have_none_and_the_program_runs_to_its_end() {
    let place = Place::new();
    let done = place.note("done");
    let note = format!("echo done > {}", done.display());
    place.script(
        "program",
        &format!("printf 'Content-Type: a/b\\n\\nhi'; head -c 300000 /dev/zero; {note}"),
    );
    place.script("empty", &format!("printf 'Status: 204\\n\\n'; {note}"));
    place.serve(|address| {
        let mut client = Client::connect(address);
        client.send(message("HEAD /cgi-bin/program"));
        let answer = client.answer_to("HEAD");
        assert_eq!((answer.status, answer.field("content-length")), (200, None));
        fs::remove_file(&done).unwrap();
        client.send(message("GET /cgi-bin/empty"));
        assert_eq!(client.answer().status, 204);
        fs::remove_file(&done).unwrap();
        client.send(message("GET /"));
        assert_eq!(client.answer().text(), "home");
    });
}

#[test]
fn local_redirects_are_answered_in_place_and_never_for_ever() {
    let place = Place::new();
    place
        .script("home", "printf 'Location: /index.html?a=b\\n\\n'")
        .script("show", "printf 'Location: /cgi-bin/variables/info?a=b\\n\\n'; cat > /dev/null")
        .script(
            "variables",
            "printf 'Content-Type: text/plain\\n\\n'; \
             echo \"$REQUEST_METHOD $PATH_INFO $QUERY_STRING ${CONTENT_LENGTH-none} ${CONTENT_TYPE-none}\"",
        )
        .script("circle", "printf 'Location: /cgi-bin/circle\\n\\n'")
        .script("nowhere", "printf 'Location: /a b\\n\\n'")
        .script("missing", "printf 'Location: /missing\\n\\n'")
        .script("client", "printf 'Status: 303\\nLocation: /index.html\\n\\n'");
    place.ask(|ask| {
        assert_eq!(ask("GET /cgi-bin/home").text(), "home");
        assert_eq!(
            ask("POST /cgi-bin/show\nContent-Type: a/b\n\ncontent").text(),
            "GET /info a=b none none\n"
        );
        assert_eq!(ask("GET /cgi-bin/missing").status, 404);
        assert_eq!(ask("GET /cgi-bin/circle").status, 502);
        assert_eq!(ask("GET /cgi-bin/nowhere").status, 502);
        let answer = ask("GET /cgi-bin/client");
        assert_eq!((answer.status, answer.field("location")), (303, Some("/index.html")));
    });
}

#[test]
fn what_is_no_response_is_a_bad_gateway() {
    check_fault("", 502);
    check_fault("exit 1", 502);
    check_fault("kill -9 $$", 502);
    check_fault("printf 'Content-Type: text/plain\\n'", 502);
    check_fault("echo hello", 502);
    check_fault("head -c 100000 /dev/zero", 502);
    check_fault("printf 'Content-Type: a/b\\nTransfer-Encoding: chunked\\n\\n0\\r\\n\\r\\n'", 502);
    check_fault("printf 'Content-Type: a/b\\nConnection: close\\n\\n'", 502);
    check_fault("printf 'Content-Type: a/b\\nUpgrade: b\\n\\n'", 502);
    check_fault("printf 'Content-Type: a/b\\nX-A: b\\rX-C: d\\n\\n'", 502);
    check_fault("printf 'HTTP/1.1 200 OK\\nContent-Type: a/b\\n\\n'", 502);
    check_fault("printf 'Content-Type: a/b\\nContent-Length: 5\\n\\n'", 502);
}

#[test]
fn what_cannot_be_started_is_a_bad_gateway_too() {
    let place = Place::new();
    place.program("interpreter", "#!/no/such/interpreter\n").program("format", "no program\n");
    place.ask(|ask| {
        assert_eq!(ask("GET /cgi-bin/interpreter").status, 502);
        assert_eq!(ask("GET /cgi-bin/format").status, 502);
    });
}

#[test]
fn content_that_breaks_off_is_not_taken_for_whole() {
    let place = Place::new();
    let pipe = place.note("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let head = "printf 'Content-Type: text/plain\\n\\nhi'";
    place
        .script("killed", &format!("{head}; read line < {}; kill -9 $$", pipe.display()))
        .script("killed-at-once", &format!("{head}; kill -9 $$"))
        .script("short", "printf 'Content-Type: a/b\\nContent-Length: 10\\n\\nhi'");
    place.serve(|address| {
        let mut client = Client::connect(address);
        client.send(message("GET /cgi-bin/killed"));
        let mut all = Vec::new();
        while !all.windows(2).any(|window| window == b"hi") {
            all.extend(client.some_bytes());
        }
        fs::write(&pipe, "\n").unwrap();
        all.extend(client.until_close());
        let all = String::from_utf8(all).unwrap();
        assert!(all.contains(" 200 ") && !all.ends_with("0\r\n\r\n"), "whole? {all}");
        let mut client = Client::connect(address);
        client.send(message("GET /cgi-bin/short"));
        let all = String::from_utf8(client.until_close()).unwrap();
        assert!(all.contains("Content-Length: 10") && all.ends_with("\r\n\r\nhi"), "{all}");
        // Nothing has been sent yet: there is still time to say what happened.
        assert_eq!(ask(address, "GET /cgi-bin/killed-at-once").status, 502);
    });
}

#[test]
fn more_programs_than_may_run_are_told_to_come_again() {
    let place = Place::new();
    let (pipe, started) = (place.note("pipe"), place.note("started"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let wait = format!("echo $$ > {}; read line < {}", started.display(), pipe.display());
    place.script("wait", &format!("{wait}; printf 'Content-Type: text/plain\\n\\n%s' \"$line\""));
    let options = Options { max_processes: 1, ..Options::default() };
    place.serve_with(options, |address| {
        let mut first = Client::connect(address);
        first.send(message("GET /cgi-bin/wait"));
        support::pid_in(&started);
        let second = ask(address, "GET /cgi-bin/wait");
        assert_eq!((second.status, second.field("retry-after")), (503, Some("1")));
        assert_eq!(ask(address, "GET /").text(), "home");
        fs::write(&pipe, "done\n").unwrap();
        assert_eq!(first.answer().text(), "done");
        // The slot is free as soon as the process is gone.
        support::until("a free slot", || {
            let mut third = Client::connect(address);
            third.send(message("GET /cgi-bin/none-such"));
            third.answer().status == 404
        });
    });
}
