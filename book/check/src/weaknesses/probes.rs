//! One function for each weakness: it shows that a server has it, or that it has not.
//!
//! *Strategy*: a probe speaks to the server as any client could, and gives a [`Verdict`] with its
//! evidence. What a probe cannot explain is neither verdict but an error: a server that is broken
//! in another way must not pass for sound.

use std::fs;
use std::io;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::python;
use crate::talk::{self, Answer, Connection, DEADLINE, End};
use crate::target::{PAGE, PRINTED, SECRET, SPACED, Step, Target};

/// What a probe found, and what it saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server has the weakness.
    Weak(String),
    /// It has not.
    Sound(String),
}

/// A probe: what it finds on a server that was started for it alone.
pub type Probe = fn(&mut Target) -> io::Result<Verdict>;

/// All probes, by name.
pub const PROBES: &[(&str, Probe)] = &[
    ("leaves_the_root", leaves_the_root),
    ("reaches_a_sibling", reaches_a_sibling),
    ("sends_no_media_type", sends_no_media_type),
    ("takes_the_query_for_a_name", takes_the_query_for_a_name),
    ("takes_escapes_for_a_name", takes_escapes_for_a_name),
    ("waits_for_the_silent", waits_for_the_silent),
    ("waits_for_the_idle", waits_for_the_idle),
    ("answers_what_nobody_asked", answers_what_nobody_asked),
    ("reads_once", reads_once),
    ("leaves_bytes_unread", leaves_bytes_unread),
    ("sends_a_body_to_head", sends_a_body_to_head),
    ("ignores_the_method", ignores_the_method),
    ("answers_once_a_connection", answers_once_a_connection),
    ("writes_names_as_markup", writes_names_as_markup),
    ("has_no_files", has_no_files),
    ("sends_what_the_client_has", sends_what_the_client_has),
    ("sends_all_for_a_part", sends_all_for_a_part),
    ("has_a_thread_for_each_idle_connection", has_a_thread_for_each_idle_connection),
    ("closes_the_idle_to_make_room", closes_the_idle_to_make_room),
    ("dies_with_one_process", dies_with_one_process),
    ("runs_no_programs", runs_no_programs),
    ("listens_nowhere", listens_nowhere),
    ("starts_for_each_call", starts_for_each_call),
    ("starts_a_process_for_each_request", starts_a_process_for_each_request),
    ("holds_a_process_for_a_slow_upload", holds_a_process_for_a_slow_upload),
    ("waits_with_the_application", python::waits_with_the_application),
    ("stops_while_one_thread_has_the_lock", python::stops_while_one_thread_has_the_lock),
    ("never_ends_a_request", python::never_ends_a_request),
    ("crashes_with_the_application", python::crashes_with_the_application),
];

/// How long a server is given to do what only a weak one does.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// Connections that are kept open to see what each costs.
const IDLE_CONNECTIONS: usize = 20;

/// More connections than a server with a thread for each takes (400), and fewer than the usual
/// limit of descriptors.
const MORE_THAN_THREADS: usize = 430;

pub(super) fn verdict(is_weak: bool, evidence: String) -> Verdict {
    if is_weak { Verdict::Weak(evidence) } else { Verdict::Sound(evidence) }
}

/// What the server answers to a GET, in words, and whether it holds `content`.
fn gets(target: &Target, path: &str, content: &str) -> io::Result<(bool, String)> {
    let answer = target.get(path)?;
    let holds = answer.body_holds(content);
    let what = if holds { "with the content" } else { "without the content" };
    Ok((holds, format!("GET {path}: {}, {what}", answer.in_words())))
}

fn leaves_the_root(target: &mut Target) -> io::Result<Verdict> {
    let (holds, evidence) = gets(target, "/../secret.txt", SECRET)?;
    Ok(verdict(holds, evidence))
}

/// The folder `www-sibling` lies beside `www`.
fn reaches_a_sibling(target: &mut Target) -> io::Result<Verdict> {
    let (holds, evidence) = gets(target, "-sibling/secret.txt", SECRET)?;
    Ok(verdict(holds, evidence))
}

fn sends_no_media_type(target: &mut Target) -> io::Result<Verdict> {
    let answer = target.get("/probe.css")?;
    if answer.status() != Some(200) {
        return Err(io::Error::other(format!("GET /probe.css: {}", answer.in_words())));
    }
    Ok(match answer.field("Content-Type") {
        None => Verdict::Weak("GET /probe.css: no Content-Type".to_owned()),
        Some(media_type) => {
            verdict(!media_type.starts_with("text/css"), format!("GET /probe.css: {media_type}"))
        }
    })
}

fn takes_the_query_for_a_name(target: &mut Target) -> io::Result<Verdict> {
    let (holds, evidence) = gets(target, "/probe.html?color=blue", PAGE)?;
    Ok(verdict(!holds, evidence))
}

fn takes_escapes_for_a_name(target: &mut Target) -> io::Result<Verdict> {
    let (holds, evidence) = gets(target, "/with%20space.txt", SPACED)?;
    Ok(verdict(!holds, evidence))
}

/// A client connects and says nothing; meanwhile another asks.
fn waits_for_the_silent(target: &mut Target) -> io::Result<Verdict> {
    let silent = Connection::open(target.address())?;
    asks_beside(silent, "silent", target)
}

/// A client has had its answer and keeps its connection, as browsers do; meanwhile another asks.
fn waits_for_the_idle(target: &mut Target) -> io::Result<Verdict> {
    let mut idle = Connection::open(target.address())?;
    idle.send(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", target.address()).as_bytes());
    match idle.receive_head() {
        answer if answer.status().is_some() && answer.end == End::Silence => {
            asks_beside(idle, "idle", target)
        }
        answer => Err(io::Error::other(format!("a connection is not kept: {}", answer.in_words()))),
    }
}

/// Asks while `first` is open, and once more when it is gone.
pub(super) fn asks_beside(first: Connection, how: &str, target: &Target) -> io::Result<Verdict> {
    let mut other = Connection::open(target.address())?;
    other.send(&talk::request("GET", "/", target.address()));
    let answer = other.receive(PATIENCE);
    if answer.status().is_some() {
        return Ok(Verdict::Sound(format!("{} while another client was {how}", answer.in_words())));
    }
    drop(first);
    match other.receive(DEADLINE) {
        late if late.status().is_some() => Ok(Verdict::Weak(format!(
            "nothing for {PATIENCE:?}; {} once the {how} client had gone",
            late.in_words()
        ))),
        late => {
            Err(io::Error::other(format!("even with the {how} client gone: {}", late.in_words())))
        }
    }
}

/// A client that goes away before it has asked for anything.
fn answers_what_nobody_asked(target: &mut Target) -> io::Result<Verdict> {
    let mut connection = Connection::open(target.address())?;
    connection.send(b"GET");
    connection.end_sending();
    let answer = connection.receive(DEADLINE);
    Ok(verdict(answer.status() == Some(200), format!("`GET`, and no more: {}", answer.in_words())))
}

/// A request in two pieces: the second is sent only when nothing came back for the first.
fn reads_once(target: &mut Target) -> io::Result<Verdict> {
    let request = talk::request("GET", "/probe.html", target.address());
    let (first, second) = request.split_at("GET /pro".len());
    let mut connection = Connection::open(target.address())?;
    connection.send(first);
    let early = connection.receive(PATIENCE);
    if early.end != End::Silence {
        return Ok(Verdict::Weak(format!("after `GET /pro` alone: {}", early.in_words())));
    }
    connection.send(second);
    let answer = connection.receive(DEADLINE);
    Ok(verdict(!answer.body_holds(PAGE), format!("GET in two pieces: {}", answer.in_words())))
}

/// A head of 3,000 bytes, which every browser with a few cookies sends.
fn leaves_bytes_unread(target: &mut Target) -> io::Result<Verdict> {
    let cookie = "c".repeat(3000);
    let request = format!(
        "GET /probe.html HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: c={cookie}\r\n\r\n",
        target.address()
    );
    let answer = talk::ask(target.address(), request.as_bytes())?;
    let is_lost = answer.end == End::Reset || !answer.body_holds(PAGE);
    Ok(verdict(is_lost, format!("GET with a head of 3,000 bytes: {}", answer.in_words())))
}

fn sends_a_body_to_head(target: &mut Target) -> io::Result<Verdict> {
    let answer =
        talk::ask(target.address(), &talk::request("HEAD", "/probe.html", target.address()))?;
    let length = answer.body().len();
    Ok(verdict(
        length > 0,
        format!("HEAD /probe.html: {}, {length} bytes after the head", answer.in_words()),
    ))
}

fn ignores_the_method(target: &mut Target) -> io::Result<Verdict> {
    let answer =
        talk::ask(target.address(), &talk::request("DELETE", "/probe.html", target.address()))?;
    Ok(verdict(answer.status() == Some(200), format!("DELETE /probe.html: {}", answer.in_words())))
}

/// Two requests on one connection, as every browser sends them.
fn answers_once_a_connection(target: &mut Target) -> io::Result<Verdict> {
    let first = format!("GET /probe.html HTTP/1.1\r\nHost: {}\r\n\r\n", target.address());
    let second = talk::request("GET", "/probe.html", target.address());
    let answer = talk::ask(target.address(), &[first.into_bytes(), second].concat())?;
    let answers = String::from_utf8_lossy(&answer.bytes).matches(PAGE).count();
    Ok(verdict(answers < 2, format!("two requests on one connection: {answers} answered")))
}

fn writes_names_as_markup(target: &mut Target) -> io::Result<Verdict> {
    let (holds, evidence) = gets(target, "/<b>probe</b>", "<b>probe</b>")?;
    Ok(verdict(holds, evidence))
}

fn has_no_files(target: &mut Target) -> io::Result<Verdict> {
    let (holds, evidence) = gets(target, "/probe.html", PAGE)?;
    Ok(verdict(!holds, evidence))
}

/// A client asks again for what it has, and says so.
fn sends_what_the_client_has(target: &mut Target) -> io::Result<Verdict> {
    let Some(tag) = target.get("/probe.html")?.field("ETag") else {
        return Ok(Verdict::Weak("GET /probe.html: no ETag to ask with again".to_owned()));
    };
    let again = get_with(target, &format!("If-None-Match: {tag}"))?;
    Ok(verdict(again.status() != Some(304), format!("asked with its ETag: {}", again.in_words())))
}

/// A client that has the rest already asks for the first bytes.
fn sends_all_for_a_part(target: &mut Target) -> io::Result<Verdict> {
    let answer = get_with(target, "Range: bytes=0-4")?;
    let length = answer.body().len();
    let evidence = format!("asked for 5 bytes: {}, {length} bytes", answer.in_words());
    match (answer.status(), length) {
        (Some(206), 5) => Ok(Verdict::Sound(evidence)),
        (Some(200), _) => Ok(Verdict::Weak(evidence)),
        _ => Err(io::Error::other(evidence)),
    }
}

/// Asks for the page with one field more.
fn get_with(target: &Target, field: &str) -> io::Result<Answer> {
    let address = target.address();
    let request = format!(
        "GET /probe.html HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{field}\r\n\r\n"
    );
    talk::ask(address, request.as_bytes())
}

/// Each connection has had an answer, so it was accepted; then all of them wait.
fn idle_connections(target: &Target, count: usize) -> io::Result<Vec<Connection>> {
    let request = format!("HEAD /probe.html HTTP/1.1\r\nHost: {}\r\n\r\n", target.address());
    let mut idle = Vec::new();
    for _ in 0..count {
        let mut connection = Connection::open(target.address())?;
        connection.send(request.as_bytes());
        let answer: Answer = connection.receive_head();
        if answer.status() != Some(200) || answer.end != End::Silence {
            return Err(io::Error::other(format!(
                "a connection is not kept: {}",
                answer.in_words()
            )));
        }
        idle.push(connection);
    }
    Ok(idle)
}

fn has_a_thread_for_each_idle_connection(target: &mut Target) -> io::Result<Verdict> {
    let before = threads(target.pid())?;
    let idle = idle_connections(target, IDLE_CONNECTIONS)?;
    let more = threads(target.pid())?.saturating_sub(before);
    Ok(verdict(
        more >= IDLE_CONNECTIONS / 2,
        format!("{} idle connections: {more} threads more", idle.len()),
    ))
}

/// The threads of a process, as Linux counts them.
fn threads(pid: u32) -> io::Result<usize> {
    Ok(fs::read_dir(format!("/proc/{pid}/task"))?.count())
}

/// More idle clients than the server has threads: is the first of them still connected?
fn closes_the_idle_to_make_room(target: &mut Target) -> io::Result<Verdict> {
    let mut idle = idle_connections(target, MORE_THAN_THREADS)?;
    let first = idle.remove(0).receive(PATIENCE);
    Ok(verdict(
        matches!(first.end, End::Closed | End::Reset),
        format!(
            "{MORE_THAN_THREADS} idle connections: the first was {}",
            match first.end {
                End::Closed | End::Reset => "closed",
                _ => "kept",
            }
        ),
    ))
}

/// The process that answers is killed; the youngest, if there are several.
fn dies_with_one_process(target: &mut Target) -> io::Result<Verdict> {
    let pid = target.pid();
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    let child = children.split_whitespace().last().and_then(|word| word.parse().ok());
    let victim = i32::try_from(pid).ok().and_then(|pid| Pid::from_raw(child.unwrap_or(pid)));
    let victim = victim.ok_or_else(|| io::Error::other("no process to kill"))?;
    kill_process(victim, Signal::KILL)?;
    let gone = child.is_none() && target.has_ended_within(PATIENCE);
    let evidence = |what: &str| format!("one process killed: {what}");
    Ok(match target.get("/probe.html") {
        Ok(answer) if answer.body_holds(PAGE) => Verdict::Sound(evidence(&answer.in_words())),
        Ok(answer) => Verdict::Weak(evidence(&answer.in_words())),
        Err(_) if gone => Verdict::Weak(evidence("the server is gone")),
        Err(error) => return Err(error),
    })
}

fn runs_no_programs(target: &mut Target) -> io::Result<Verdict> {
    let (holds, evidence) = gets(target, "/cgi-bin/probe.sh", PRINTED)?;
    Ok(verdict(!holds, evidence))
}

/// Step 4 prints a call and ends; a server answers somebody who connects.
fn listens_nowhere(target: &mut Target) -> io::Result<Verdict> {
    if target.step == Step::Four {
        let printed = target.call(&[])?;
        let shown = printed.contains("application(environ, start_response)");
        return match printed.contains("http://") || !shown {
            true => Err(io::Error::other("it should show a call, and end")),
            false => Ok(Verdict::Weak("it shows a call and ends; there is no address".to_owned())),
        };
    }
    let (_, evidence) = gets(target, "/", "<")?;
    Ok(Verdict::Sound(evidence))
}

/// The CGI runner of step 4 answers one request in its life, and says so to its application.
fn starts_for_each_call(target: &mut Target) -> io::Result<Verdict> {
    if target.step == Step::Four {
        let page = target.call(&["environ", "--cgi"])?;
        let once = page.contains("<th>wsgi.run_once</th><td>true</td>");
        return Ok(verdict(once, format!("one process, one answer; wsgi.run_once is {once}")));
    }
    for _ in 0..2 {
        target.get("/")?;
    }
    let ended = target.has_ended_within(Duration::from_millis(100));
    Ok(verdict(ended, format!("two answers, and its process has ended: {ended}")))
}

/// A page that names the process that made it. The pool of step 3 has two.
fn starts_a_process_for_each_request(target: &mut Target) -> io::Result<Verdict> {
    const ASKED: usize = 6;
    let mut pages: Vec<_> = Vec::new();
    for _ in 0..ASKED {
        let answer = target.get(&target.path)?;
        if answer.status() != Some(200) || !answer.body_holds("Hello from process ") {
            return Err(io::Error::other(format!("GET {}: {}", target.path, answer.in_words())));
        }
        pages.push(answer.body().to_vec());
    }
    pages.sort();
    pages.dedup();
    let evidence = format!("GET {}, {ASKED} times: {} processes", target.path, pages.len());
    match pages.len() {
        ASKED => Ok(Verdict::Weak(evidence)),
        1 | 2 => Ok(Verdict::Sound(evidence)),
        _ => Err(io::Error::other(evidence)),
    }
}

/// As many clients as there may be processes, two, begin to send much, and stop in the middle.
/// Does anybody else get an answer?
fn holds_a_process_for_a_slow_upload(target: &mut Target) -> io::Result<Verdict> {
    let mut slow = Vec::new();
    let until = Instant::now() + PATIENCE;
    loop {
        // Whoever asked before they had arrived may have taken a place from them: then two more
        // take what is free now.
        slow.extend([slow_upload(target)?, slow_upload(target)?]);
        std::thread::sleep(Duration::from_millis(200));
        let mut other = Connection::open(target.address())?;
        other.send(&talk::request("GET", &target.path, target.address()));
        let answer = other.receive(PATIENCE);
        let answered = answer.status() == Some(200);
        if !answered || Instant::now() > until {
            let evidence = format!(
                "{} slow uploads to {}, another client: {}",
                slow.len(),
                target.path,
                answer.in_words()
            );
            return Ok(verdict(!answered, evidence));
        }
    }
}

fn slow_upload(target: &Target) -> io::Result<Connection> {
    let mut client = Connection::open(target.address())?;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000000\r\n\r\n",
        target.path,
        target.address()
    );
    client.send(head.as_bytes());
    client.send(&[b'x'; 100_000]);
    Ok(client)
}
