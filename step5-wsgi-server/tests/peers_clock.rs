//! The clock on the wall is set while the server serves: with libfaketime, which
//! stands between the server and the clock of the system.
#![allow(clippy::unwrap_used)]

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use program::{PROGRAM, Program, connect, get, until};

const HOUR: Duration = Duration::from_secs(3600);

/// Sets the server's clock so many seconds forward or back.
fn set(clock: &Path, by: i32) {
    let new = clock.with_extension("new");
    fs::write(&new, format!("{by:+}\n")).unwrap();
    fs::rename(new, clock).unwrap();
}

/// A server whose clock this file sets, and no other clock of it.
fn with_clock(clock: &Path, flags: &[&str]) -> Program {
    let library =
        format!("/usr/lib/{}-linux-gnu/faketime/libfaketime.so.1", std::env::consts::ARCH);
    assert!(Path::new(&library).exists(), "{library} is missing: apt-get install libfaketime");
    set(clock, 0);
    let mut command = Command::new(PROGRAM);
    command
        .args(["hello", "--port", "0"])
        .args(flags)
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", clock)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Program::serve(command)
}

/// What the server takes for the time, to the second.
fn date(program: &Program) -> SystemTime {
    let answer = get(&program.address, "/").unwrap();
    let date = answer.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap();
    httpdate::parse_http_date(date).unwrap()
}

/// Asks again and again until it has said this.
#[track_caller]
fn asked_it_says(program: &Program, text: &str) {
    let said = until(|| {
        date(program);
        program.said().contains(text).then_some(())
    });
    assert!(said.is_some(), "not said: {text:?}, but: {}", program.said());
}

#[track_caller]
fn check(flags: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let clock = folder.path().join("clock");
    let program = with_clock(&clock, flags);
    let mut idle = connect(&program.address).unwrap();
    let began = Instant::now();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    idle.read_exact(&mut [0]).unwrap();

    set(&clock, -3600);
    asked_it_says(&program, "the clock was set back by 3600.");
    assert!(date(&program) < SystemTime::now() - HOUR / 2);
    // The deadline of a connection that asks no more is not an hour later.
    idle.read_to_end(&mut Vec::new()).unwrap();
    assert!(began.elapsed() >= Duration::from_secs(2));

    set(&clock, 0);
    asked_it_says(&program, "the clock was set forward by 3600.");
    assert!(date(&program) > SystemTime::now() - HOUR / 2);
    assert_eq!(program.said().lines().count(), 4, "{}", program.said());
}

#[test]
fn that_the_clock_was_set_is_said_and_only_the_date_follows() {
    check(&["--keep-alive", "2"]);
}

#[test]
fn of_several_processes_one_says_that_the_clock_was_set() {
    check(&["--keep-alive", "2", "--workers", "2"]);
}
