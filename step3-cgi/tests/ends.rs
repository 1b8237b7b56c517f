//! When a request is over, nothing of its program is left: whoever ends it, and
//! whatever the program thinks of that; but for what leaves its group.
#![allow(clippy::unwrap_used)]

#[path = "support/programs.rs"]
mod support;

use std::fs;
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use step3_cgi::cgi::Options;
use support::{Client, Place, ask, is_there, message, pid_in, until};

const TYPE: &str = "printf 'Content-Type: text/plain\\n\\n'";

/// Programs that take their time have one second.
fn soon() -> Options {
    Options { timeout: Duration::from_secs(1), ..Options::default() }
}

/// A program that notes its number and that of its child, and does not end.
fn stubborn(place: &Place, name: &str, first: &str) {
    let (own, child) = (place.note("own"), place.note("child"));
    place.script(
        name,
        &format!(
            "trap '' TERM HUP INT\n{first}\nsleep 1000 & echo $! > {}; echo $$ > {}; while :; do sleep 1000; done",
            child.display(),
            own.display()
        ),
    );
}

/// Waits until the stubborn program and its child are gone.
#[track_caller]
fn expect_gone(place: &Place) {
    for note in ["own", "child"] {
        let pid = pid_in(&place.note(note));
        until(&format!("the end of the process ({note})"), || !is_there(&pid));
    }
}

#[test]
fn a_program_that_is_silent_for_too_long_is_ended_with_all_its_children() {
    let place = Place::new();
    stubborn(&place, "silent", ":");
    place.ask_with(soon(), |ask| {
        assert_eq!(ask("GET /cgi-bin/silent").status, 504);
        expect_gone(&place);
        assert_eq!(ask("GET /").text(), "home");
    });
}

#[test]
fn a_head_in_drops_may_not_last_for_ever() {
    let place = Place::new();
    place.script("drops", "while :; do printf 'X'; sleep 0.1; done");
    place.ask_with(soon(), |ask| {
        let began = Instant::now();
        assert_eq!(ask("GET /cgi-bin/drops").status, 504);
        assert!(began.elapsed() >= Duration::from_secs(1));
    });
}

#[test]
fn complaints_without_end_are_no_sign_of_life() {
    let place = Place::new();
    place.script("complains", "while :; do echo it hurts; done >&2");
    place.ask_with(soon(), |ask| {
        let began = Instant::now();
        assert_eq!(ask("GET /cgi-bin/complains").status, 504);
        assert!(began.elapsed() >= Duration::from_secs(1));
    });
}

#[test]
fn head_of_content_without_end_is_answered_as_get_is() {
    let place = Place::new();
    place.script("endless", &format!("{TYPE}; echo $$ > own; while :; do echo x; sleep 0.1; done"));
    place.ask_with(soon(), |ask| {
        assert_eq!(ask("HEAD /cgi-bin/endless").status, 200);
        let pid = pid_in(&place.programs().join("own"));
        until("the end of the program", || !is_there(&pid));
    });
}

#[test]
fn a_response_that_comes_to_a_halt_breaks_off() {
    let place = Place::new();
    stubborn(&place, "halts", &format!("{TYPE}; echo begun"));
    place.serve_with(soon(), |address| {
        let mut client = Client::connect(address);
        client.send(message("GET /cgi-bin/halts"));
        let all = String::from_utf8(client.until_close()).unwrap();
        assert!(all.contains("begun") && !all.ends_with("0\r\n\r\n"), "{all}");
        expect_gone(&place);
    });
}

#[test]
fn a_program_may_take_long_as_long_as_something_comes() {
    let place = Place::new();
    place.script("steady", &format!("{TYPE}; for i in 1 2 3 4 5 6; do echo $i; sleep 0.3; done"));
    place.ask_with(soon(), |ask| {
        let began = Instant::now();
        assert_eq!(ask("GET /cgi-bin/steady").text(), "1\n2\n3\n4\n5\n6\n");
        assert!(began.elapsed() > Duration::from_secs(1));
    });
}

/// A client that asks, waits until the program runs, and does something else
/// than to wait for the answer.
#[track_caller]
fn leave(place: &Place, request: &str, leave: impl FnOnce(Client)) {
    place.serve(|address| {
        let mut client = Client::connect(address);
        client.send(message(request));
        pid_in(&place.note("own"));
        leave(client);
        expect_gone(place);
        assert_eq!(ask(address, "GET /").text(), "home");
    });
}

#[test]
fn a_silent_program_is_ended_when_its_client_leaves() {
    let place = Place::new();
    stubborn(&place, "silent", ":");
    leave(&place, "GET /cgi-bin/silent", drop);
}

#[test]
fn a_program_is_ended_when_its_client_leaves_in_mid_stream() {
    let place = Place::new();
    stubborn(&place, "streams", &format!("{TYPE}; (while :; do echo more; done) &"));
    leave(&place, "GET /cgi-bin/streams", drop);
}

#[test]
fn a_program_is_ended_when_its_client_resets_the_connection() {
    let place = Place::new();
    // A connection that is closed with bytes unread is reset.
    stubborn(&place, "talks", &format!("{TYPE}; echo hi"));
    leave(&place, "GET /cgi-bin/talks", |mut client| {
        assert!(client.hears_within(Duration::from_secs(20)));
        drop(client);
    });
}

#[test]
fn a_client_that_ends_its_side_is_still_answered() {
    let place = Place::new();
    let pipe = fifo(&place);
    place.script("waits", &format!("read line < {pipe}; {TYPE}; echo \"$line\""));
    place.serve(|address| {
        let mut client = Client::connect(address);
        client.send(message("GET /cgi-bin/waits"));
        client.finish();
        // The interim response says that the server has seen it.
        assert_eq!(client.next_of_any_kind("GET").unwrap().status, 100);
        fs::write(&pipe, "answer\n").unwrap();
        assert_eq!(client.answer().text(), "answer\n");
    });
}

/// What no step puts right: once the head is sent, nothing can be said that a
/// client would skip. The chapter says so, and names this test.
#[test]
fn a_client_that_leaves_a_silent_response_is_noticed_at_the_next_output() {
    let place = Place::new();
    let (pipe, note) = (fifo(&place), place.note("early"));
    let pause = format!("echo $$ > {}; echo begun; read line < {pipe}; yes &", note.display());
    stubborn(&place, "pauses", &format!("{TYPE}; {pause}"));
    place.serve(|address| {
        let mut client = Client::connect(address);
        client.send(message("GET /cgi-bin/pauses"));
        // It has read all that came, so its going does not reset the connection.
        let mut seen = Vec::new();
        while !seen.ends_with(b"begun\n\r\n") {
            seen.extend_from_slice(&client.some_bytes());
        }
        drop(client);
        // That nothing happens is no event that could be waited for.
        std::thread::sleep(Duration::from_secs(1));
        assert!(is_there(&pid_in(&note)), "it has been noticed: the chapter is out of date");
        fs::write(&pipe, "go on\n").unwrap();
        expect_gone(&place);
    });
}

fn fifo(place: &Place) -> String {
    let pipe = place.note("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    pipe.to_str().unwrap().to_owned()
}

#[test]
fn a_response_ends_with_its_program_whoever_holds_the_pipe() {
    let place = Place::new();
    let note = place.note("child");
    place.script("child", &format!("sleep 1000 & echo $! > {}; {TYPE}; echo hi", note.display()));
    place.ask(|ask| {
        assert_eq!(ask("GET /cgi-bin/child").text(), "hi\n");
        let pid = pid_in(&note);
        until("the end of the child", || !is_there(&pid));
    });
}

/// What no step puts right: the chapter says so, and names this test.
#[test]
fn a_process_that_makes_a_session_of_its_own_gets_away() {
    let place = Place::new();
    let note = place.note("daemon");
    // The program does not end before the other has its session.
    let lines =
        "setsid sh -c 'echo $$ > NOTE; exec sleep 1000' & while ! [ -s NOTE ]; do sleep 0.01; done";
    let lines = lines.replace("NOTE", note.to_str().unwrap());
    place.script("daemon", &format!("{lines}; {TYPE}; echo hi"));
    place.ask(|ask| {
        assert_eq!(ask("GET /cgi-bin/daemon").text(), "hi\n");
        let pid = pid_in(&note);
        assert!(is_there(&pid));
        let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
    });
}

#[test]
fn a_program_may_work_on_after_its_response_is_over() {
    let place = Place::new();
    let (pipe, done) = (fifo(&place), place.note("done"));
    place.script(
        "works-on",
        &format!(
            "{TYPE}; echo hi; exec >&-; read line < {pipe}; echo \"$line\" > {}",
            done.display()
        ),
    );
    place.ask(|ask| {
        assert_eq!(ask("GET /cgi-bin/works-on").text(), "hi\n");
        assert!(!done.exists());
        fs::write(&pipe, "done\n").unwrap();
        until("the note", || fs::read_to_string(&done).is_ok_and(|text| text == "done\n"));
    });
}

#[test]
fn a_program_that_hangs_after_its_response_is_ended() {
    let place = Place::new();
    stubborn(&place, "hangs", &format!("{TYPE}; echo hi; exec >&-"));
    place.ask_with(soon(), |ask| {
        assert_eq!(ask("GET /cgi-bin/hangs").text(), "hi\n");
        expect_gone(&place);
    });
}

#[test]
fn a_thousand_clients_that_do_not_read_keep_nobody_from_an_answer() {
    let place = Place::new();
    place.script("much", &format!("{TYPE}; exec head -c 100000000 /dev/zero"));
    place.script("hello", &format!("{TYPE}; echo hello"));
    let options = Options { max_processes: 20, ..Options::default() };
    let besiege = |address: SocketAddr| {
        for round in 0..4 {
            let slow: Vec<_> = (0..250)
                .map(|_| {
                    let mut client = Client::connect(address);
                    // It may have been ended already, to make room.
                    client.try_send(message("GET /cgi-bin/much").as_bytes());
                    client
                })
                .collect();
            assert_eq!(ask(address, "GET /").text(), "home", "in round {round}");
            drop(slow);
        }
        until("a free slot", || ask(address, "GET /cgi-bin/hello").status == 200);
    };
    place.serve_with(options, besiege);
}

#[test]
fn a_program_is_ended_when_its_client_leaves_between_head_and_content() {
    let place = Place::new();
    // A head alone does not leave: it waits for the first content.
    stubborn(&place, "head", TYPE);
    leave(&place, "GET /cgi-bin/head", |client| {
        // Only the pipe tells that the head has been read: it is empty.
        let pid = pid_in(&place.note("own"));
        let pipe = fs::File::open(format!("/proc/{pid}/fd/1")).unwrap();
        until("the head to be read", || rustix::io::ioctl_fionread(&pipe) == Ok(0));
        drop(client);
    });
}
