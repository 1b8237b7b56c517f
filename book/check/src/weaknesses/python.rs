//! The probes that ask an application in Python: `book/check/probes/probe.py`.
//!
//! *Strategy*: that application does what it is asked to do badly, and leaves a file to say that it
//! has begun. Then another client asks.

use std::io;
use std::time::{Duration, Instant};

use super::probes::{PATIENCE, Verdict, asks_beside, verdict};
use crate::talk::{self, Connection, DEADLINE};
use crate::target::Target;

/// The application sleeps for five seconds.
pub(super) fn waits_with_the_application(target: &mut Target) -> io::Result<Verdict> {
    let first = occupied(target, "/wait")?;
    asks_beside(first, "served", target)
}

/// A function in C sleeps for five seconds, and keeps the lock of Python.
pub(super) fn stops_while_one_thread_has_the_lock(target: &mut Target) -> io::Result<Verdict> {
    let first = occupied(target, "/lock")?;
    asks_beside(first, "served", target)
}

pub(super) fn never_ends_a_request(target: &mut Target) -> io::Result<Verdict> {
    let _first = occupied(target, "/for-ever")?;
    let mut other = Connection::open(target.address())?;
    other.send(&talk::request("GET", "/", target.address()));
    let answer = other.receive(DEADLINE);
    let evidence = format!("an application computes, another client: {}", answer.in_words());
    Ok(verdict(answer.status().is_none(), evidence))
}

/// A client whose request the application is at.
fn occupied(target: &Target, path: &str) -> io::Result<Connection> {
    let mut client = Connection::open(target.address())?;
    client.send(&talk::request("GET", path, target.address()));
    let until = Instant::now() + DEADLINE;
    while !target.has("begun") {
        if Instant::now() > until {
            return Err(io::Error::other(format!("GET {path} does not reach the application")));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(client)
}

pub(super) fn crashes_with_the_application(target: &mut Target) -> io::Result<Verdict> {
    target.get("/crash")?;
    let ended = target.has_ended_within(PATIENCE);
    let evidence = |what: &str| format!("a process crashed in C: {what}");
    match target.get("/") {
        Ok(answer) if answer.status() == Some(200) => {
            Ok(Verdict::Sound(evidence(&answer.in_words())))
        }
        Err(_) if ended => Ok(Verdict::Weak(evidence("the server is gone"))),
        Ok(answer) => Err(io::Error::other(evidence(&answer.in_words()))),
        Err(error) => Err(error),
    }
}
