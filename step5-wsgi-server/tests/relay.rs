//! The program in front of FastCGI applications: what it costs to wait for them,
//! and how it ends while it does.
#![allow(clippy::unwrap_used)]

#[path = "support/program.rs"]
mod program;
#[path = "../../step3-cgi/tests/support/records.rs"]
#[allow(dead_code)]
mod records;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use http::StatusCode;
use program::{DEADLINE, PROGRAM, Program, until};
use records::Front;
use rustix::process::Signal;
use step1_http_basics::handler::{Handler, Request, Response};
use step1_http_basics::limits::{Limits, Pace};
use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend;
use step3_cgi::fastcgi::record::{Kind, ProtocolStatus, encode_stream};
use step3_cgi::site::Where;
use step5_wsgi_server::listen::Listener;
use step5_wsgi_server::relay::Relays;
use step5_wsgi_server::responder::Handles;
use step5_wsgi_server::server::{Options, Server};

/// The application's side of a connection.
type Back = Front;

const HELLO: &[u8] = b"Content-Type: text/plain\n\nhello";
const ASK: &[u8] = b"GET /app/ HTTP/1.0\r\n\r\n";

/// A folder with the socket of an application.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> (Self, UnixListener) {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("socket")).unwrap();
        (Place { folder }, listener)
    }

    /// The program, whose `/app/` is answered at the socket.
    fn front(&self, flags: &[&str]) -> Program {
        let mount = format!("/app/=unix:{}", self.folder.path().join("socket").display());
        Program::start(&[&["files", "--fastcgi", &mount], flags].concat())
    }
}

fn ask(program: &Program) -> TcpStream {
    let mut stream = TcpStream::connect(&program.address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(ASK).unwrap();
    stream
}

fn hears(mut stream: TcpStream) -> String {
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    all
}

/// A line of `/proc/PID/status`, as a number.
fn status(program: &Program, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.process())).unwrap();
    let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    value.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn requests_are_handed_on_also_by_several_processes() {
    let folder = tempfile::tempdir().unwrap();
    let socket = format!("unix:{}", folder.path().join("socket").display());
    let mut command = Command::new(PROGRAM);
    command.args(["environ", "--as", "fastcgi", "--bind", &socket]).stdin(Stdio::null());
    let _application = Program::serve(command);
    let mount = format!("/app/={socket}");
    for flags in [&[][..], &["--workers", "2"]] {
        let front = Program::start(&[&["files", "--fastcgi", &mount], flags].concat());
        let page = front.get("/app/x?y=1");
        for told in ["<td>/x</td>", "<td>y=1</td>", "<td>/app</td>", "step5-wsgi-server/"] {
            assert!(page.contains(told), "{told} is not in {page}");
        }
        assert!(front.get("/contact.html").starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn clients_that_wait_for_an_application_cost_no_thread() {
    const CLIENTS: usize = 400;
    let (place, listener) = Place::new();
    let front = place.front(&["--fastcgi-connections", "4", "--fastcgi-queue", "60"]);
    let (threads, memory) = (status(&front, "Threads"), status(&front, "RssAnon"));
    let clients: Vec<_> = (0..CLIENTS).map(|_| ask(&front)).collect();
    // All have been asked on, or stand in the queue.
    let first: Vec<_> = (0..4).map(|_| Back::of(listener.accept().unwrap().0)).collect();
    until(|| front.get("/contact.html").starts_with("HTTP/1.1 200").then_some(())).unwrap();
    assert_eq!(status(&front, "Threads"), threads);
    let each = status(&front, "RssAnon").saturating_sub(memory) / CLIENTS as u64;
    assert!(each <= 16, "{each} KiB for each");
    let is_over = AtomicBool::new(false);
    let answers = |mut back: Back| {
        while back.request().is_some() {
            back.reply(HELLO);
        }
    };
    thread::scope(|scope| {
        first.into_iter().for_each(|back| drop(scope.spawn(move || answers(back))));
        scope.spawn(|| {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                scope.spawn(|| answers(Back::of(stream.unwrap())));
            }
        });
        for client in clients {
            assert!(hears(client).ends_with("\r\n\r\nhello"));
        }
        is_over.store(true, Ordering::SeqCst);
        drop(UnixStream::connect(place.folder.path().join("socket")));
        drop(front);
    });
}

#[test]
fn a_client_that_leaves_the_queue_leaves_its_place_to_the_next() {
    let (place, listener) = Place::new();
    let front = place.front(&["--fastcgi-connections", "1", "--fastcgi-queue", "60"]);
    let first = ask(&front);
    let mut back = Back::of(listener.accept().unwrap().0);
    back.request().unwrap();
    // It leaves what it was sent unread, so that its end is a reset.
    for _ in 0..10 {
        let mut leaves = TcpStream::connect(&front.address).unwrap();
        leaves.write_all(b"GET /contact.html HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        leaves.read_exact(&mut [0; 10]).unwrap();
        leaves.write_all(b"GET /app/leaves HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    }
    let last = ask(&front);
    // Whoever came before this one has been seen to.
    assert!(front.get("/contact.html").starts_with("HTTP/1.1 200"));
    back.reply(HELLO);
    assert!(hears(first).ends_with("hello"));
    let (params, _) = back.request().unwrap();
    let leaves = params.windows(6).any(|window| window == b"leaves");
    assert!(!leaves, "it was asked on for a client that has gone");
    back.reply(HELLO);
    assert!(hears(last).ends_with("hello"));
}

/// As much as a page may have: the application is done, and its connection free,
/// before the client has read anything.
#[test]
fn a_client_that_reads_slowly_keeps_no_process() {
    let (place, listener) = Place::new();
    let front = place.front(&["--fastcgi-connections", "1"]);
    let page = "x".repeat(1_000_000);
    let slow: Vec<_> = (0..10).map(|_| ask(&front)).collect();
    let mut back = Back::of(listener.accept().unwrap().0);
    for _ in &slow {
        back.request().unwrap();
        back.reply(format!("Content-Type: text/plain\n\n{page}").as_bytes());
    }
    let quick = ask(&front);
    back.request().unwrap();
    back.reply(HELLO);
    assert!(hears(quick).ends_with("hello"));
    for client in slow {
        assert!(hears(client).ends_with(&page));
    }
}

#[test]
fn what_an_application_works_on_is_waited_for_in_a_stop_and_cut_off_in_the_end() {
    for is_answered in [true, false] {
        let (place, listener) = Place::new();
        let front = place.front(&["--graceful-timeout", if is_answered { "60" } else { "1" }]);
        let client = ask(&front);
        let mut back = Back::of(listener.accept().unwrap().0);
        back.request().unwrap();
        front.signal(Signal::TERM);
        let refused = until(|| TcpStream::connect(&front.address).is_err().then_some(()));
        assert!(refused.is_some(), "it still listens");
        if is_answered {
            back.reply(HELLO);
            assert!(hears(client).ends_with("hello"));
        } else {
            assert_eq!(back.next(), None, "the application learns that nobody waits");
        }
        assert_eq!(front.wait().0, Some(0));
    }
}

#[test]
fn an_application_that_comes_back_is_asked_again() {
    let (place, listener) = Place::new();
    let front = place.front(&[]);
    drop(listener);
    assert!(front.get("/app/").starts_with("HTTP/1.1 502"));
    front.waits_for("nobody listens there: is the application running?");
    std::fs::remove_file(place.folder.path().join("socket")).unwrap();
    let listener = UnixListener::bind(place.folder.path().join("socket")).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut back = Back::of(listener.accept().unwrap().0);
            back.request().unwrap();
            back.reply(HELLO);
        });
        assert!(front.get("/app/").ends_with("hello"));
    });
}

/// The poller may tell of the client's end after the answer has begun and before
/// its connection has heard of that.
#[test]
fn an_answer_that_has_begun_has_no_interim_response_in_it() {
    let (place, listener) = Place::new();
    let front = place.front(&[]);
    let mut client = TcpStream::connect(&front.address).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.write_all(b"GET /app/ HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut back = Back::of(listener.accept().unwrap().0);
    back.request().unwrap();
    // Both happen in the same round of the loop.
    front.signal(Signal::STOP);
    let is_stopped = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", front.process())).unwrap();
        stat.contains(") T ").then_some(())
    };
    until(is_stopped).unwrap();
    let mut records = Vec::new();
    encode_stream(Kind::Stdout, 1, HELLO, &mut records);
    back.send(&records);
    client.shutdown(Shutdown::Write).unwrap();
    front.signal(Signal::CONT);
    let mut begun = Vec::new();
    while !begun.windows(5).any(|window| window == b"hello") {
        let mut piece = [0; 1024];
        let length = client.read(&mut piece).unwrap();
        begun.extend_from_slice(&piece[..length]);
    }
    back.reply(b", world");
    client.read_to_end(&mut begun).unwrap();
    let answer = String::from_utf8(begun).unwrap();
    let (_, content) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(content, "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n");
}

#[test]
fn an_application_that_ends_is_the_end_of_many_that_wait() {
    const CLIENTS: usize = 400;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mount = format!("/app/={}", listener.local_addr().unwrap());
    let flags = ["--port", "0", "files", "--fastcgi", &mount, "--fastcgi-connections", "1"];
    // Its stack is small, so that fewer clients show what happens to it.
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -s 256; exec \"$0\" \"$@\"", PROGRAM]).args(flags);
    let front = Program::serve(command);
    let clients: Vec<_> = (0..CLIENTS).map(|_| ask(&front)).collect();
    let back = listener.accept().unwrap();
    assert!(front.get("/contact.html").starts_with("HTTP/1.1 200"));
    drop((back, listener));
    for client in clients {
        assert!(hears(client).starts_with("HTTP/1.1 502"), "{}", front.said());
    }
}

/// Without a length only the end of the connection ends the content.
#[test]
fn an_answer_that_is_cut_off_in_a_stop_never_looks_whole() {
    let (place, listener) = Place::new();
    let front = place.front(&["--graceful-timeout", "0"]);
    let mut client = ask(&front);
    let mut back = Back::of(listener.accept().unwrap().0);
    back.request().unwrap();
    send_too_much(&mut back);
    front.signal(Signal::TERM);
    assert_eq!(back.stream.read(&mut [0; 10]).unwrap_or(0), 0);
    let read = client.read_to_end(&mut Vec::new());
    assert!(read.is_err(), "{read:?}");
}

/// One that takes a little now and then must not keep a process for ever.
#[test]
fn a_client_that_reads_too_slowly_is_cut_off_though_it_reads() {
    let (place, listener) = Place::new();
    let limits = Limits {
        pace: Pace {
            grace: Duration::from_millis(500),
            bytes_per_second: 100_000_000,
            ..Pace::default()
        },
        ..Limits::default()
    };
    let server = relaying(&place, &|_: &mut Request<'_>| Response::text(StatusCode::OK, "a file"));
    let server = server.with(Options { limits, ..Options::default() });
    let (address, stop) = (server.address().unwrap(), server.stop_handle());
    thread::scope(|scope| {
        scope.spawn(|| server.serve_forever());
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(ASK).unwrap();
        let mut back = Back::of(listener.accept().unwrap().0);
        back.request().unwrap();
        scope.spawn(move || send_too_much(&mut back));
        let began = Instant::now();
        let mut piece = vec![0; 256 * 1024];
        let mut read = Ok(1);
        while began.elapsed() < DEADLINE / 3 && read.as_ref().is_ok_and(|length| *length > 0) {
            thread::sleep(Duration::from_millis(50));
            read = client.read(&mut piece);
        }
        drop(client);
        stop.stop();
        assert!(read.is_err(), "{read:?}");
    });
}

/// Sends more than the client, and all that is kept for it, takes.
fn send_too_much(back: &mut Back) {
    let mut records = Vec::new();
    encode_stream(Kind::Stdout, 1, &HELLO.repeat(2_000_000), &mut records);
    back.stream.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
    back.stream.write_all(&records).unwrap_err();
}

/// A server in this process, whose `/app/` is answered at the socket.
fn relaying<'s>(place: &Place, handler: &'s dyn Handler) -> Server<'s, Handles<'s>> {
    let address = Address::Unix(place.folder.path().join("socket"));
    let options = backend::Options { queue: Duration::from_secs(1), ..Default::default() };
    let mut relays = Relays::default();
    let at = Where::parse("/app/").unwrap();
    relays.add(at, address, options, place.folder.path(), "test/1").unwrap();
    let listener = Listener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    Server::new(listener, Handles(handler)).relaying(relays)
}

#[test]
fn a_queue_is_left_also_by_who_stands_there_for_the_second_time() {
    let (place, listener) = Place::new();
    let front = place.front(&["--status", "/status", "--fastcgi-connections", "1"]);
    let first = ask(&front);
    let mut back = Back::of(listener.accept().unwrap().0);
    back.request().unwrap();
    back.reply(HELLO);
    assert!(hears(first).ends_with("hello"));
    // Its queue is full, and the connection that was kept is closed.
    rustix::net::listen(&listener, 0).unwrap();
    let fills = UnixStream::connect(place.folder.path().join("socket")).unwrap();
    let mut second = TcpStream::connect(&front.address).unwrap();
    second.write_all(b"GET /app/ HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    back.request().unwrap();
    drop(back);
    let wait = |number: &str| {
        let is_so = || front.get("/status").trim_end().ends_with(number).then_some(());
        assert!(until(is_so).is_some(), "{}", front.get("/status"));
    };
    wait(" 1");
    drop(second);
    wait(" 0");
    drop(fills);
}

#[test]
fn what_must_not_be_sent_twice_is_not_sent_where_nobody_reads() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mount = format!("/app/={}", listener.local_addr().unwrap());
    let front = Program::start(&["files", "--fastcgi", &mount, "--fastcgi-connections", "1"]);
    let mut reply = Vec::new();
    encode_stream(Kind::Stdout, 1, HELLO, &mut reply);
    records::end(&mut reply, 0, ProtocolStatus::RequestComplete);
    let first = ask(&front);
    let (mut back, _) = listener.accept().unwrap();
    let mut second = TcpStream::connect(&front.address).unwrap();
    second.write_all(b"POST /app/ HTTP/1.0\r\nContent-Length: 1\r\n\r\n1").unwrap();
    assert!(front.get("/contact.html").starts_with("HTTP/1.1 200"));
    assert!(back.read(&mut [0; 10_000]).unwrap() > 0);
    front.signal(Signal::STOP);
    back.write_all(&reply).unwrap();
    drop(back);
    front.signal(Signal::CONT);
    assert!(hears(first).ends_with("hello"));
    let served = thread::spawn(move || {
        let (mut back, _) = listener.accept().unwrap();
        assert!(back.read(&mut [0; 10_000]).unwrap() > 0);
        back.write_all(&reply).unwrap();
    });
    let answer = hears(second);
    assert!(answer.ends_with("hello"), "{answer}");
    served.join().unwrap();
}

#[test]
fn who_is_cut_off_in_the_queue_is_not_asked_on() {
    let (place, listener) = Place::new();
    let front = place.front(&["--graceful-timeout", "1", "--fastcgi-connections", "1"]);
    let clients: Vec<_> = (0..10).map(|_| ask(&front)).collect();
    let mut back = Back::of(listener.accept().unwrap().0);
    back.request().unwrap();
    front.signal(Signal::TERM);
    assert_eq!(back.next(), None);
    assert_eq!(front.wait().0, Some(0));
    listener.set_nonblocking(true).unwrap();
    let mut more = 0;
    while listener.accept().is_ok() {
        more += 1;
    }
    assert_eq!(more, 0);
    drop(clients);
}

#[test]
fn an_application_is_given_its_time_from_when_it_was_asked() {
    let (place, listener) = Place::new();
    let flags = ["--timeout", "1", "--fastcgi-queue", "60", "--fastcgi-connections", "1"];
    let front = place.front(&flags);
    let first = ask(&front);
    let mut back = Back::of(listener.accept().unwrap().0);
    back.request().unwrap();
    let second = ask(&front);
    let mut records = Vec::new();
    encode_stream(Kind::Stdout, 1, HELLO, &mut records);
    for _ in 0..4 {
        back.send(&records);
        thread::sleep(Duration::from_millis(400));
    }
    back.reply(b"");
    drop(first);
    assert!(hears(second).starts_with("HTTP/1.1 504"));
}

#[test]
fn a_client_is_given_its_time_from_when_it_had_something_to_read() {
    let (place, listener) = Place::new();
    let front = place.front(&["--timeout", "2"]);
    let client = ask(&front);
    let mut back = Back::of(listener.accept().unwrap().0);
    back.request().unwrap();
    let mut records = Vec::new();
    encode_stream(Kind::Stdout, 1, HELLO, &mut records);
    back.send(&records);
    thread::sleep(Duration::from_millis(1500));
    thread::scope(|scope| {
        scope.spawn(|| {
            back.send(&records.repeat(400_000));
            back.reply(b"end");
        });
        thread::sleep(Duration::from_millis(1500));
        assert!(hears(client).ends_with("end"));
    });
}

/// Requests that fail at once are answered at once, but the others have their turn.
#[test]
fn a_client_that_asks_a_dead_application_without_a_pause_is_not_served_alone() {
    let (place, listener) = Place::new();
    let front = place.front(&[]);
    drop(listener);
    let mut asks = TcpStream::connect(&front.address).unwrap();
    let mut reads = asks.try_clone().unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let requests = b"GET /app/ HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000);
            while !is_over.load(Ordering::SeqCst) {
                if asks.write_all(&requests).is_err() {
                    return;
                }
            }
        });
        scope.spawn(|| while reads.read(&mut [0; 65_536]).is_ok_and(|length| length > 0) {});
        front.waits_for("nobody listens there");
        for _ in 0..3 {
            let mut other = TcpStream::connect(&front.address).unwrap();
            other.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            other.write_all(b"GET /contact.html HTTP/1.0\r\n\r\n").unwrap();
            let first = other.read(&mut [0; 12]);
            is_over.store(first.is_err(), Ordering::SeqCst);
            assert_eq!(first.unwrap(), 12);
        }
        is_over.store(true, Ordering::SeqCst);
        drop(front);
    });
}

#[test]
fn an_answer_that_is_too_long_from_its_first_piece_is_another_answer() {
    let (place, listener) = Place::new();
    let front = place.front(&[]);
    let client = ask(&front);
    let mut back = Back::of(listener.accept().unwrap().0);
    back.request().unwrap();
    let mut records = Vec::new();
    encode_stream(Kind::Stdout, 1, b"Content-Type: a/b\nContent-Length: 3\n\nhello", &mut records);
    back.send(&records);
    let answer = hears(client);
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer:?}");
}

#[test]
fn an_answer_ends_also_while_all_threads_are_busy() {
    let (place, backs) = Place::new();
    let (is_busy, busy) = mpsc::channel();
    let (free, gate) = mpsc::channel::<()>();
    let gate = Mutex::new((is_busy, gate));
    let blocks = |_: &mut Request<'_>| {
        let gate = gate.lock().unwrap();
        gate.0.send(()).unwrap();
        let _ = gate.1.recv_timeout(DEADLINE);
        Response::text(StatusCode::OK, "free")
    };
    let server = relaying(&place, &blocks);
    let server = server.with(Options { threads: 2, ..Options::default() });
    let (address, stop) = (server.address().unwrap(), server.stop_handle());
    let ask = |request: &[u8]| {
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(Some(DEADLINE / 3)).unwrap();
        client.write_all(request).unwrap();
        client
    };
    thread::scope(|scope| {
        scope.spawn(|| server.serve_forever());
        // One answers, the other one waits for it.
        let waiting = [0; 2].map(|_| ask(b"GET / HTTP/1.0\r\n\r\n"));
        busy.recv_timeout(DEADLINE).unwrap();
        let mut whole = Vec::new();
        for version in ["1.1\r\nHost: a\r\nConnection: close", "1.0"] {
            let mut client = ask(format!("GET /app/ HTTP/{version}\r\n\r\n").as_bytes());
            let mut back = Back::of(backs.accept().unwrap().0);
            back.request().unwrap();
            let mut records = Vec::new();
            encode_stream(Kind::Stdout, 1, HELLO, &mut records);
            back.send(&records);
            client.read_exact(&mut [0; 20]).unwrap();
            back.reply(b"");
            whole.push(client.read_to_end(&mut Vec::new()).is_ok());
        }
        drop(free);
        let _ = waiting.map(hears);
        stop.stop();
        assert_eq!(whole, [true, true]);
    });
}
