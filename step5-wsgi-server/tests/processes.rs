//! A master and its workers: whatever becomes of one, the others serve on.
#![allow(clippy::unwrap_used)]

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use program::{
    DEADLINE, Load, PROGRAM, Program, answered_by, connect, get, is_alive, pid, until, workers,
};
use rustix::process::{Signal, kill_process};

#[test]
fn a_worker_that_dies_is_replaced_and_the_others_never_stop_serving() {
    let program = Program::start(&["trouble", "--workers", "3"]);
    let before = workers(&program, 3, &[]);
    let load = Load::start(&program.address, "/", 4);
    load.goes_on(200);
    kill_process(pid(before[0]), Signal::KILL).unwrap();
    program.waits_for("has ended: signal: 9 (SIGKILL); another takes its place");
    let after = workers(&program, 3, &before[..1]);
    load.goes_on(200);
    // Whoever was being served by the one that was killed has seen it.
    let (_, wrong) = load.end();
    assert!(wrong.len() <= 4 && wrong.iter().all(|error| !error.contains("connect")), "{wrong:?}");
    assert!(after.contains(&before[1]) && after.contains(&before[2]));
    // The application itself may end its process, too.
    assert!(get(&program.address, "/die").is_none());
    program.waits_for("(SIGABRT)");
    assert!(program.get("/").contains("This page came from process"));
}

#[test]
fn a_worker_that_hangs_is_replaced() {
    let program = Program::start(&["trouble", "--workers", "2", "--timeout", "2"]);
    let before = workers(&program, 2, &[]);
    let mut victim = connect(&program.address).unwrap();
    victim.write_all(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    // Nobody else waits for it: the other worker answers.
    for _ in 0..20 {
        program.get("/");
    }
    // Its silence began with its last sign of life, before the request came.
    program.waits_for("s: killed");
    let said = program.said();
    let (_, silence) = said.split_once("hangs, silent for ").unwrap();
    let (seconds, _) = silence.split_once("s: killed").unwrap();
    assert!(seconds.parse::<f32>().unwrap() >= 2.0, "{said}");
    assert_eq!(victim.read(&mut [0]).unwrap_or(0), 0);
    let after = until(|| {
        let now = program.workers();
        (now.len() == 2 && now != before).then_some(now)
    });
    assert_eq!(before.iter().filter(|it| after.as_ref().unwrap().contains(it)).count(), 1);
    program.signal(Signal::TERM);
    assert_eq!(program.wait().0, Some(0));
}

#[test]
fn a_worker_whose_threads_all_hang_is_replaced() {
    let flags = ["trouble", "--workers", "1", "--threads", "2", "--timeout", "1"];
    let program = Program::start(&flags);
    for _ in 0..2 {
        assert!(program.get("/hang").starts_with("HTTP/1.1 503 "));
    }
    program.waits_for("hangs, silent for ");
    program.waits_for("another takes its place");
    assert!(until(|| get(&program.address, "/").filter(|it| it.contains(" 200 "))).is_some());
}

#[test]
fn a_stop_finishes_what_is_under_way_and_ends_with_0() {
    let program = Program::start(&["trouble", "--workers", "2"]);
    let mut client = connect(&program.address).unwrap();
    client.write_all(b"GET /slow?1 HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut idle = connect(&program.address).unwrap();
    thread::sleep(Duration::from_millis(200)); // it is taken up
    let workers = program.workers();
    program.signal(Signal::TERM);
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("Connection: close"),
        "{answer}"
    );
    assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0);
    let (code, said) = program.wait();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("error:") && !workers.into_iter().any(is_alive), "{said}");
}

#[test]
fn a_stop_waits_no_longer_than_it_may_and_a_second_one_not_at_all() {
    for grace in ["1", "60"] {
        let mut program =
            Program::start(&["trouble", "--workers", "2", "--graceful-timeout", grace]);
        let mut client = connect(&program.address).unwrap();
        client.write_all(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        thread::sleep(Duration::from_millis(200)); // it is taken up
        let began = Instant::now();
        if grace == "1" {
            program.signal(Signal::INT);
        } else {
            program.insists(Signal::INT);
        }
        assert_eq!(program.wait().0, Some(0));
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn a_reload_loses_and_refuses_not_one_request() {
    let program = Program::start(&["trouble", "--workers", "2"]);
    let load = Load::start(&program.address, "/", 8);
    let mut old = Vec::new();
    for _ in 0..3 {
        old.extend(workers(&program, 2, &old));
        load.goes_on(500);
        program.signal(Signal::HUP);
        workers(&program, 2, &old);
    }
    load.goes_on(500);
    let (answered, wrong) = load.end();
    assert_eq!(wrong, [""; 0], "of {answered}");
    program.signal(Signal::TERM);
    let (code, said) = program.wait();
    assert_eq!(code, Some(0));
    assert!(!said.contains("error:") && !said.contains("warn:"), "{said}");
}

#[test]
fn workers_that_have_done_enough_are_replaced_and_nobody_notices() {
    let flags = ["--max-requests", "300", "--max-requests-jitter", "200"];
    let program = Program::start(&[&["trouble", "--workers", "2"], &flags[..]].concat());
    let before = workers(&program, 2, &[]);
    let load = Load::start(&program.address, "/", 4);
    workers(&program, 2, &before);
    load.goes_on(100);
    assert_eq!(load.end().1, [""; 0]);
}

#[test]
fn workers_do_not_outlive_their_master() {
    let program = Program::start(&["trouble", "--workers", "3"]);
    let orphans = workers(&program, 3, &[]);
    program.signal(Signal::KILL);
    for worker in orphans {
        assert!(until(|| (!is_alive(worker)).then_some(())).is_some(), "{worker} lives");
    }
}

/// Four requests that take a while: who has answered how many of them?
fn shares(program: &Program, pause: Duration) -> BTreeMap<u32, usize> {
    let mut clients = Vec::new();
    for _ in 0..4 {
        let address = program.address.clone();
        clients.push(thread::spawn(move || answered_by(&get(&address, "/slow?2").unwrap())));
        thread::sleep(pause);
    }
    let mut shares = BTreeMap::new();
    for client in clients {
        *shares.entry(client.join().unwrap()).or_insert(0) += 1;
    }
    shares
}

#[test]
fn whoever_is_idle_takes_the_next_connection() {
    let program = Program::start(&["trouble", "--workers", "4"]);
    let one_by_one = shares(&program, Duration::from_millis(200));
    assert_eq!(one_by_one.len(), 4, "{one_by_one:?}");
    // A client that pauses between connecting and asking, as threads of a busy
    // machine may, can find a worker that has accepted another meanwhile.
    let at_once = shares(&program, Duration::ZERO);
    assert!(at_once.len() >= 3, "{at_once:?}");
}

/// Of several workers each leaves a newcomer that is silent to the others for a
/// moment. One that is alone would leave it to nobody.
#[test]
fn silent_newcomers_keep_nobody_waiting_where_there_is_one_worker() {
    let program = Program::start(&["hello", "--workers", "1", "--status", "/status"]);
    // What all workers do is known; so it is known how many there are.
    until(|| program.get("/status").contains("\n     1 ").then_some(())).unwrap();
    let began = Instant::now();
    let silent: Vec<_> = (0..600).map(|_| connect(&program.address).unwrap()).collect();
    assert!(program.get("/").contains("Hello"));
    let waited = began.elapsed();
    assert!(waited < Duration::from_secs(2), "{waited:?} behind {} silent ones", silent.len());
}

#[test]
fn newcomers_do_not_wait_until_a_busy_worker_has_let_them_in_one_by_one() {
    let program = Program::start(&["trouble", "--workers", "2"]);
    let load = Load::start(&program.address, "/slow?0.002", 8);
    load.goes_on(50);
    let before = load.answered();
    let mut newcomers: Vec<_> = (0..64).map(|_| connect(&program.address).unwrap()).collect();
    for newcomer in &mut newcomers {
        newcomer.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    }
    for newcomer in &mut newcomers {
        let mut page = String::new();
        newcomer.read_to_string(&mut page).unwrap();
        assert!(page.contains("200 OK"), "{page}");
    }
    // One in each round: those who are there would be asked 64 times each.
    let meanwhile = load.answered() - before;
    assert!(meanwhile < 32 * 8, "{meanwhile} others were answered first");
    assert_eq!(load.end().1, [""; 0]);
}

#[test]
fn an_application_is_told_that_it_is_one_of_several() {
    for (flags, several) in [(&["environ"][..], "false"), (&["environ", "--workers", "2"], "true")]
    {
        let page = Program::start(flags).get("/");
        let cell = format!("<tr><th>wsgi.multiprocess</th><td>{several}</td></tr>");
        assert!(page.contains(&cell), "{page}");
    }
}

#[test]
fn workers_that_cannot_start_end_the_server_and_do_not_spin() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone");
    let mut command = Command::new(PROGRAM);
    command.args(["--port", "0", "--workers", "2", "--root"]).arg(&gone);
    let (code, said) = Program::run(command).wait();
    assert_eq!(code, Some(1));
    assert!(said.contains("cannot serve") && said.contains("no worker can start"), "{said}");
}

#[test]
fn a_reload_that_fails_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("index.html"), "home").unwrap();
    let program = Program::start(&["--workers", "2", "--root", root.to_str().unwrap()]);
    let before = workers(&program, 2, &[]);
    fs::rename(&root, folder.path().join("moved")).unwrap();
    program.signal(Signal::HUP);
    program.waits_for("the new workers cannot start (exit status: 1): the old ones stay");
    let after = until(|| (program.workers().len() == 2).then(|| program.workers()));
    assert_eq!(after, Some(before));
    assert!(program.get("/").contains("home"));
}

/// What a server writes first on standard error. Each write is a message here.
fn first_write(flags: &[&str]) -> String {
    let (ours, theirs) = UnixDatagram::pair().unwrap();
    ours.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut server = Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$0\" \"$@\"", PROGRAM, "--port", "0"])
        .args(flags)
        .stdout(Stdio::null())
        .stderr(OwnedFd::from(theirs))
        .spawn()
        .unwrap();
    let mut message = [0; 4096];
    let received = ours.recv(&mut message);
    let _ = server.kill();
    server.wait().unwrap();
    String::from_utf8_lossy(&message[..received.unwrap()]).into_owned()
}

#[test]
fn a_line_on_standard_error_is_one_write_so_those_of_several_processes_never_mix() {
    let warning = first_write(&["hello"]);
    assert!(warning.starts_with("warn: ") && warning.ends_with("`ulimit -n` is 64\n"), "{warning}");
    let failure = first_write(&["--root", "/nowhere"]);
    let name = "step5-wsgi-server: cannot serve /nowhere: ";
    assert!(failure.starts_with(name) && failure.ends_with(")\n"), "{failure}");
}

#[test]
fn more_and_fewer_workers_are_a_signal_away() {
    let program = Program::start(&["trouble", "--workers", "1"]);
    workers(&program, 1, &[]);
    program.signal(Signal::TTIN);
    workers(&program, 2, &[]);
    program.signal(Signal::TTOU);
    workers(&program, 1, &[]);
    assert!(program.get("/").contains("This page came from process"));
}

#[test]
fn it_says_what_it_is_doing_and_where_to_send_signals() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    for flags in [&["trouble"][..], &["trouble", "--workers", "2"]] {
        let pid_file =
            ["--pid", file.to_str().unwrap(), "--status", "/status", "--health", "/well"];
        let program = Program::start(&[flags, &pid_file].concat());
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("{}\n", program.process()));
        program.get("/");
        assert!(program.get("/well").ends_with("\r\n\r\nwell\n"));
        // What a worker has done, the others know a moment later.
        let counted = until(|| {
            let page = program.get("/status");
            let rows = page.split("waiting\n").nth(1)?.lines();
            let requests =
                rows.map(|row| row.split_whitespace().rev().nth(2).unwrap().parse::<u64>());
            (requests.map(Result::unwrap).sum::<u64>() >= 2).then_some(page)
        });
        assert!(counted.is_some(), "{}", program.get("/status"));
        program.signal(Signal::USR1);
        program.waits_for("worker process state");
        program.signal(Signal::TERM);
        assert_eq!(program.wait().0, Some(0));
        assert!(!file.exists());
    }
}

#[test]
fn systemd_is_told_when_it_serves_reloads_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let systemd = UnixDatagram::bind(&path).unwrap();
    systemd.set_read_timeout(Some(program::DEADLINE)).unwrap();
    let hears = |expected: &str| {
        let mut bytes = [0; 1024];
        let length = systemd.recv(&mut bytes).unwrap();
        let news = String::from_utf8_lossy(&bytes[..length]).into_owned();
        assert!(news.starts_with(expected), "{news:?}");
        news
    };
    for workers in [&[][..], &["--workers", "2"]] {
        let mut command = Command::new(PROGRAM);
        command.args(["hello", "--port", "0"]).args(workers).env("NOTIFY_SOCKET", &path);
        let program = Program::run(command);
        let ready = hears("READY=1\n");
        assert!(ready.contains(&format!("\nMAINPID={}\n", program.process())), "{ready}");
        if !workers.is_empty() {
            program.signal(Signal::HUP);
            assert!(hears("RELOADING=1\n").contains("\nMONOTONIC_USEC="));
            hears("READY=1\n");
        }
        program.signal(Signal::TERM);
        hears("STOPPING=1\n");
        assert_eq!(program.wait().0, Some(0));
    }
}

/// As systemd does it: the socket is descriptor 3, and the shell's process, for
/// which it is meant, becomes the server.
#[test]
fn a_socket_that_systemd_has_opened_is_served() {
    use std::os::fd::AsFd;
    for workers in [&[][..], &["--workers", "2"]] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                "LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" \"$@\" 3<&0 </dev/null",
                PROGRAM,
                "hello",
            ])
            .args(workers)
            .stdin(listener.as_fd().try_clone_to_owned().unwrap());
        let program = Program::run(command);
        program.waits_for("Ctrl-C");
        assert!(program.said().contains(&address), "{}", program.said());
        assert!(get(&address, "/").unwrap().contains("Hello"));
    }
}
