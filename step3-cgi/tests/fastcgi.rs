//! The server's side of FastCGI: whatever an application does, a client gets an
//! answer, and the next client too.

mod support;

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use step1_http_basics::handler::{Request, Response as Answer};
use step3_cgi::fastcgi::address::Address;
use step3_cgi::fastcgi::backend::Options;
use step3_cgi::fastcgi::record::{Kind, ProtocolStatus, Record, encode_stream, parse};
use step3_cgi::fastcgi::responder::{Listener, Responder};
use step3_cgi::program::Call;
use support::records::end;
use support::site::{OUTPUT_LEAVES_AT_ONCE, Response, ask, connect, get, serving_application};
use support::{Front, PATIENCE};

/// The application's side of a connection.
type Back = Front;

fn stdout(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_stream(Kind::Stdout, 1, data, &mut out);
    out
}

const HELLO: &[u8] = b"Content-Type: text/plain\r\n\r\nhello";

fn hello(call: &mut Call<'_>) -> io::Result<()> {
    call.stdout.write_all(HELLO)
}

/// A folder with a socket for the application, and a root with one script.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("www")).expect("a root");
        std::fs::write(folder.path().join("www/index.php"), "").expect("a script");
        std::fs::write(folder.path().join("www/cat.jpg"), "").expect("a picture");
        Place { folder }
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("socket")
    }

    /// Serves a site whose `/app/` and `.php` are answered by the application
    /// at the socket.
    fn serving<T>(&self, options: Options, use_it: impl FnOnce(SocketAddr) -> T) -> T {
        let files = |_: &mut Request<'_>| Answer::text(http::StatusCode::OK, "a file");
        let root = self.folder.path().join("www");
        let address = Address::Unix(self.socket());
        serving_application(&files, &root, &["/app/", ".php"], &address, options, use_it)
    }

    /// Listens, and hands every connection with its number to `application`,
    /// one after the other, while the site is used.
    fn with<T: Send>(
        &self,
        options: Options,
        application: impl Fn(usize, Back) + Sync,
        use_it: impl FnOnce(SocketAddr) -> T,
    ) -> T {
        let listener = UnixListener::bind(self.socket()).expect("a socket");
        let socket = self.socket();
        let done = std::sync::atomic::AtomicBool::new(false);
        struct Stop<'s>(&'s std::sync::atomic::AtomicBool, &'s Path);
        impl Drop for Stop<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::SeqCst);
                let _ = UnixStream::connect(self.1);
            }
        }
        thread::scope(|scope| {
            scope.spawn(|| {
                for (number, stream) in listener.incoming().enumerate() {
                    if done.load(Ordering::SeqCst) {
                        return;
                    }
                    application(number, Back::of(stream.expect("a connection")));
                }
            });
            let _stop = Stop(&done, &socket);
            self.serving(options, use_it)
        })
    }
}

fn quick() -> Options {
    Options {
        queue: Duration::from_millis(300),
        timeout: Duration::from_millis(300),
        ..Options::default()
    }
}

fn assert_hello(response: &Response) {
    assert_eq!((response.status, response.text()), (200, "hello"), "{}", response.head);
    assert!(response.head.contains("Content-Length: 5"), "{}", response.head);
}

#[test]
fn an_application_that_wishes_the_connection_closed_is_heard_out() {
    let place = Place::new();
    let application = |_, mut back: Back| {
        back.request();
        back.reply(
            b"Connection: close\r\nKeep-Alive: timeout=1\r\nContent-Type: text/plain\r\n\r\nhello",
        );
    };
    place.with(quick(), application, |address| {
        let response = get(address, "/app/");
        assert_hello(&response);
        assert!(!response.head.contains("timeout=1"), "{}", response.head);
    });
}

#[test]
fn an_application_is_told_what_a_cgi_program_is_told() {
    let place = Place::new();
    let responder = Responder::new(Listener::unix(&place.socket()).unwrap()).unwrap();
    let tell = |call: &mut Call<'_>| {
        write!(call.stdout, "Content-Type: text/plain\n\n")?;
        for (name, value) in call.variables.iter() {
            writeln!(call.stdout, "{}={}", name.escape_ascii(), value.escape_ascii())?;
        }
        io::copy(call.stdin, call.stdout).map(drop)
    };
    thread::scope(|scope| {
        scope.spawn(|| responder.serve(&tell));
        place.serving(Options::default(), |address| {
            let root = place.folder.path().join("www").canonicalize().unwrap();
            let root = root.display();
            let line = "POST /index.php/a%20b?x=%41";
            let fields = "Proxy: evil\r\nX-A: 1\r\nAuthorization: Basic YTpi\r\n";
            let response = ask(address, line, fields, b"content!");
            let text = response.text();
            for expected in [
                "REQUEST_METHOD=POST\n",
                "SCRIPT_NAME=/index.php\n",
                "PATH_INFO=/a b\n",
                "QUERY_STRING=x=%41\n",
                "CONTENT_LENGTH=8\n",
                "HTTP_X_A=1\n",
                "HTTP_AUTHORIZATION=Basic YTpi\n",
                "SERVER_SOFTWARE=test/1\n",
                &format!("SCRIPT_FILENAME={root}/index.php\n"),
                &format!("DOCUMENT_ROOT={root}\n"),
                &format!("PATH_TRANSLATED={root}/a b\n"),
            ] {
                assert!(text.contains(expected), "{expected} in {text}");
            }
            assert!(text.ends_with("content!") && !text.contains("HTTP_PROXY"));
            let text = get(address, "/app/users/7").text().to_owned();
            assert!(text.contains("SCRIPT_NAME=/app\n") && text.contains("PATH_INFO=/users/7\n"));
            assert!(!text.contains("CONTENT_LENGTH"));
        });
        responder.stop();
    });
}

#[test]
fn a_connection_is_kept_and_a_small_request_is_one_write() {
    let place = Place::new();
    let connections = AtomicUsize::new(0);
    let application = |_: usize, mut back: Back| {
        connections.fetch_add(1, Ordering::SeqCst);
        let mut bytes = [0; 16 * 1024];
        loop {
            let length = back.stream.read(&mut bytes).unwrap();
            if length == 0 {
                return;
            }
            let (mut rest, mut kinds) = (&bytes[..length], Vec::new());
            while let Some((record, used)) = parse(rest).unwrap() {
                kinds.push(record.kind);
                rest = &rest[used..];
            }
            use Kind::{BeginRequest, Params, Stdin};
            assert!(rest.is_empty(), "whole records");
            match kinds[..] {
                [BeginRequest, Params, Params, Stdin] => {}
                [BeginRequest, Params, Params, Stdin, Stdin] => {}
                _ => panic!("{kinds:?}"),
            }
            back.reply(HELLO);
        }
    };
    place.with(Options::default(), application, |address| {
        for _ in 0..5 {
            assert_hello(&get(address, "/app/"));
            assert_hello(&ask(address, "POST /app/", "", b"small"));
        }
    });
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn a_connection_is_kept_for_a_thousand_requests_and_then_another_has_its_turn() {
    let place = Place::new();
    let counts = Mutex::new(Vec::new());
    let application = |_: usize, mut back: Back| {
        let mut count = 0;
        while back.request().is_some() {
            back.reply(HELLO);
            count += 1;
        }
        counts.lock().unwrap().push(count);
    };
    place.with(Options::default(), application, |address| {
        assert_hello(&get(address, "/app/"));
        let (mut stream, mut answer) = (connect(address), Vec::new());
        let (head, content) = ("GET /app/ HTTP/1.1\r\nHost: a\r\n\r\n", b"hello");
        for _ in 1..2100 {
            stream.write_all(head.as_bytes()).unwrap();
            answer.clear();
            while !answer.ends_with(content) {
                let mut piece = [0; 1024];
                let length = stream.read(&mut piece).unwrap();
                assert!(length > 0, "it was closed");
                answer.extend_from_slice(&piece[..length]);
            }
        }
    });
    assert_eq!(*counts.lock().unwrap(), [1000, 1000, 100]);
}

#[test]
fn a_kept_connection_that_was_closed_is_replaced_by_a_new_one() {
    let place = Place::new();
    let (closed, has_closed) = mpsc::channel();
    // Each connection answers one request, and is closed at once.
    let application = |_: usize, mut back: Back| {
        if back.request().is_some() {
            back.reply(HELLO);
        }
        drop(back);
        closed.send(()).unwrap();
    };
    place.with(Options::default(), application, |address| {
        for _ in 0..5 {
            assert_hello(&get(address, "/app/"));
            has_closed.recv_timeout(PATIENCE).unwrap();
            assert_hello(&ask(address, "POST /app/", "", b"once"));
            has_closed.recv_timeout(PATIENCE).unwrap();
        }
    });
}

#[test]
fn a_request_that_may_have_been_seen_is_sent_again_only_if_that_does_no_harm() {
    for (line, expected) in [("GET /app/", 200), ("PUT /app/", 200), ("POST /app/", 502)] {
        let place = Place::new();
        let seen = AtomicUsize::new(0);
        let application = |number: usize, mut back: Back| {
            back.request();
            back.reply(HELLO);
            // The second request is read, and nothing is answered.
            if number == 0 && back.request().is_some() {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        };
        place.with(Options::default(), application, |address| {
            assert_hello(&get(address, "/app/"));
            assert_eq!(ask(address, line, "", b"").status, expected, "{line}");
        });
        assert_eq!(seen.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn a_new_connection_that_breaks_is_not_tried_again() {
    let place = Place::new();
    let connections = AtomicUsize::new(0);
    let application = |_: usize, mut back: Back| {
        connections.fetch_add(1, Ordering::SeqCst);
        back.request();
    };
    place.with(Options::default(), application, |address| {
        assert_eq!(get(address, "/app/").status, 502);
    });
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn an_application_that_is_down_is_502_and_well_again_when_it_is_back() {
    let place = Place::new();
    place.serving(quick(), |address| {
        for _ in 0..3 {
            let response = get(address, "/app/");
            assert_eq!(response.status, 502);
            assert!(response.text().contains("is not running"), "{}", response.text());
        }
        let responder = Responder::new(Listener::unix(&place.socket()).unwrap()).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| responder.serve(&hello));
            assert_hello(&get(address, "/app/"));
            responder.stop();
        });
        drop(responder);
        // A socket that nobody listens at any more.
        assert_eq!(get(address, "/app/").status, 502);
        std::fs::remove_file(place.socket()).unwrap();
        let responder = Responder::new(Listener::unix(&place.socket()).unwrap()).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| responder.serve(&hello));
            assert_hello(&get(address, "/app/"));
            responder.stop();
        });
    });
}

#[test]
fn a_request_that_finds_no_connection_in_time_is_503() {
    let place = Place::new();
    let (go_on, waits) = mpsc::channel::<()>();
    let (begun, has_begun) = mpsc::channel();
    let waits = Mutex::new(waits);
    let application = |_: usize, mut back: Back| {
        while back.request().is_some() {
            begun.send(()).unwrap();
            waits.lock().unwrap().recv_timeout(PATIENCE).expect("the test says go on");
            back.reply(HELLO);
        }
    };
    let options =
        Options { connections: 1, queue: Duration::from_millis(100), ..Options::default() };
    place.with(options, application, |address| {
        thread::scope(|scope| {
            let first = scope.spawn(|| get(address, "/app/"));
            has_begun.recv_timeout(PATIENCE).unwrap();
            let began = Instant::now();
            let second = get(address, "/app/");
            assert_eq!(second.status, 503);
            assert!(began.elapsed() >= options.queue);
            assert!(second.head.contains("Retry-After: 1"), "{}", second.head);
            go_on.send(()).unwrap();
            assert_hello(&first.join().unwrap());
            go_on.send(()).unwrap();
            assert_hello(&get(address, "/app/"));
        });
    });
}

#[test]
fn who_waits_for_a_connection_is_given_it_in_turn() {
    let place = Place::new();
    let application = |_: usize, mut back: Back| {
        while back.request().is_some() {
            back.reply(HELLO);
        }
    };
    let options = Options { connections: 1, ..Options::default() };
    place.with(options, application, |address| {
        thread::scope(|scope| {
            for line in ["GET /app/", "POST /app/"].repeat(4) {
                scope.spawn(move || {
                    (0..20).for_each(|_| assert_hello(&ask(address, line, "", b"small")));
                });
            }
        });
    });
}

/// The next request is sent over a connection before its thread wakes; here
/// nobody reads it any more.
#[test]
fn who_waits_is_answered_also_if_each_connection_ends_with_its_first_answer() {
    let place = Place::new();
    let application = |_: usize, mut back: Back| {
        if back.request().is_some() {
            back.reply(HELLO);
        }
    };
    let options = Options { connections: 1, ..Options::default() };
    place.with(options, application, |address| {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(move || (0..20).for_each(|_| assert_hello(&get(address, "/app/"))));
            }
        });
    });
}

/// Like php-fpm with one process: it serves a connection until that is closed,
/// and only then takes the next one.
#[test]
fn kept_connections_do_not_starve_those_that_wait_for_a_process() {
    let place = Place::new();
    let application = |_: usize, mut back: Back| {
        while back.request().is_some() {
            back.reply(HELLO);
        }
    };
    let options = Options { timeout: Duration::from_secs(20), ..Options::default() };
    place.with(options, application, |address| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(move || {
                    for _ in 0..25 {
                        assert_hello(&get(address, "/app/"));
                    }
                });
            }
        });
    });
}

/// Two processes, each of which serves a connection until that is closed. Whoever
/// waits for one costs the others a connection each 20 ms, not each of theirs.
#[test]
fn only_so_many_connections_are_closed_as_wait_for_a_process() {
    let place = Place::new();
    let connections = AtomicUsize::new(0);
    let listener = UnixListener::bind(place.socket()).expect("a socket");
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let process = || {
        while let Ok((stream, _)) = listener.accept() {
            if is_over.load(Ordering::SeqCst) {
                return;
            }
            connections.fetch_add(1, Ordering::SeqCst);
            let mut back = Back::of(stream);
            while back.request().is_some() {
                back.reply(HELLO);
            }
        }
    };
    let options = Options { connections: 8, ..Options::default() };
    thread::scope(|scope| {
        (0..2).for_each(|_| drop(scope.spawn(process)));
        let began = Instant::now();
        place.serving(options, |address| {
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(move || {
                        (0..200).for_each(|_| assert_hello(&get(address, "/app/")));
                    });
                }
            });
            let rounds = began.elapsed().as_millis() / 20 + 2;
            let opened = connections.load(Ordering::SeqCst);
            assert!(opened as u128 <= rounds * 8, "{opened} connections in {rounds} rounds");
        });
        is_over.store(true, Ordering::SeqCst);
        (0..2).for_each(|_| drop(UnixStream::connect(place.socket())));
    });
}

#[test]
fn an_application_that_is_slow_is_504() {
    let place = Place::new();
    let application = |number: usize, mut back: Back| {
        back.request();
        match number {
            // Nothing, half a head, and then well.
            0 => {}
            1 => drop(back.send(&stdout(b"Content-Type: te"))),
            _ => return back.reply(HELLO),
        }
        // It is closed when nobody waits any more.
        assert_eq!(back.next(), None);
    };
    place.with(quick(), application, |address| {
        let began = Instant::now();
        assert_eq!(get(address, "/app/").status, 504);
        assert!(began.elapsed() >= quick().timeout);
        assert_eq!(get(address, "/app/").status, 504);
        assert_hello(&get(address, "/app/"));
    });
}

#[test]
fn nonsense_is_502_and_overloaded_is_503() {
    let mut foreign = stdout(HELLO);
    foreign[3] = 9;
    let ended = |status| {
        let mut out = Vec::new();
        end(&mut out, 0, status);
        out
    };
    let mut nothing = Vec::new();
    Record { kind: Kind::EndRequest, request_id: 1, content: b"" }.encode(&mut nothing);
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        ("another protocol", b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), 502),
        ("no head", [stdout(b"hello\n\n"), ended(ProtocolStatus::RequestComplete)].concat(), 502),
        (
            "half a head",
            [stdout(b"Content-Ty"), ended(ProtocolStatus::RequestComplete)].concat(),
            502,
        ),
        ("no output", ended(ProtocolStatus::RequestComplete), 502),
        (
            "another request's output",
            [foreign, ended(ProtocolStatus::RequestComplete)].concat(),
            502,
        ),
        ("FCGI_CANT_MPX_CONN", ended(ProtocolStatus::CannotMultiplex), 502),
        ("FCGI_UNKNOWN_ROLE", ended(ProtocolStatus::UnknownRole), 502),
        ("an unknown status", ended(ProtocolStatus::Unknown(77)), 502),
        ("FCGI_OVERLOADED", ended(ProtocolStatus::Overloaded), 503),
        ("an end without content", nothing, 502),
        ("a head that never ends", stdout(&b"X-A: b\n".repeat(20_000)), 502),
        ("a lone carriage return", stdout(b"X-A: b\rSet-Cookie: c\n\n"), 502),
    ];
    let place = Place::new();
    let application = |number: usize, mut back: Back| {
        back.request();
        // It may have been closed before all is written.
        let _ = back.stream.write_all(&cases[number].1);
    };
    place.with(quick(), application, |address| {
        for (what, _, expected) in &cases {
            // Not kept: each case has a connection of its own.
            assert_eq!(ask(address, "POST /app/", "", b"").status, *expected, "{what}");
        }
    });
}

#[test]
fn records_that_are_none_of_ours_are_passed_over() {
    let place = Place::new();
    let application = |_: usize, mut back: Back| {
        while back.request().is_some() {
            let mut out = Vec::new();
            for (kind, request_id) in [
                (Kind::Unknown(200), 1),
                (Kind::UnknownType, 0),
                (Kind::Stdout, 2),
                (Kind::Data, 1),
            ] {
                Record { kind, request_id, content: b"12345678" }.encode(&mut out);
            }
            encode_stream(Kind::Stderr, 1, b"a complaint\n", &mut out);
            back.send(&out).reply(HELLO);
        }
    };
    place.with(Options::default(), application, |address| {
        assert_hello(&get(address, "/app/"));
        assert_hello(&get(address, "/app/"));
    });
}

#[test]
fn neither_side_waits_for_the_other_to_read() {
    const SIZE: usize = 8 * 1024 * 1024;
    let place = Place::new();
    // It writes much before it reads anything, and it reads all.
    let application = |_: usize, mut back: Back| {
        back.send(&stdout(b"Content-Type: text/plain\n\n"));
        let piece = stdout(&vec![b'o'; 65_528]);
        for _ in 0..SIZE / 65_528 {
            back.send(&piece);
        }
        let (_, stdin) = back.request().expect("a request");
        assert_eq!(stdin.len(), SIZE);
        back.reply(b"the end");
        assert_eq!(back.next(), None);
    };
    place.with(Options::default(), application, |address| {
        let response = ask(address, "POST /app/", "", &vec![b'i'; SIZE]);
        assert_eq!(response.status, 200);
        assert_eq!(response.content.len(), SIZE / 65_528 * 65_528 + 7);
        assert!(response.content.ends_with(b"oothe end"));
    });
}

#[test]
fn an_answer_that_comes_before_the_content_is_the_answer() {
    let place = Place::new();
    let application = |_: usize, mut back: Back| {
        while back.next().is_some_and(|came| came.kind != Kind::Stdin) {}
        back.reply(b"Status: 413 Content Too Large\nContent-Type: text/plain\n\nno");
    };
    place.with(Options::default(), application, |address| {
        let response = ask(address, "POST /app/", "", &vec![b'i'; 4 * 1024 * 1024]);
        assert_eq!((response.status, response.text()), (413, "no"));
    });
}

#[test]
fn an_application_that_reads_no_more_and_says_nothing_is_504() {
    let place = Place::new();
    let (go_on, waits) = mpsc::channel::<()>();
    let waits = Mutex::new(waits);
    let application = |_: usize, mut back: Back| {
        while back.next().is_some_and(|came| came.kind != Kind::Stdin) {}
        back.stream.shutdown(Shutdown::Read).unwrap();
        let _ = waits.lock().unwrap().recv();
    };
    place.with(quick(), application, |address| {
        let response = ask(address, "POST /app/", "", &vec![b'i'; 4 * 1024 * 1024]);
        assert_eq!(response.status, 504);
        drop(go_on);
    });
}

#[test]
fn output_reaches_the_client_as_it_comes() {
    let place = Place::new();
    let (go_on, waits) = mpsc::channel::<()>();
    let waits = Mutex::new(waits);
    let application = |_: usize, mut back: Back| {
        back.request();
        back.send(&stdout(b"Content-Type: text/plain\n\nfirst"));
        waits.lock().unwrap().recv_timeout(PATIENCE).expect("the client has seen it");
        back.reply(b"second");
    };
    place.with(Options::default(), application, |address| {
        let mut stream = connect(address);
        stream.write_all(b"GET /app/ HTTP/1.0\r\n\r\n").unwrap();
        let (mut seen, mut byte) = (Vec::new(), [0]);
        while !seen.ends_with(b"first") {
            stream.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        go_on.send(()).unwrap();
        stream.read_to_end(&mut seen).unwrap();
        assert!(seen.ends_with(b"firstsecond"));
    });
}

#[test]
fn an_answer_that_breaks_off_does_not_look_whole() {
    let place = Place::new();
    let (seen, waits) = mpsc::channel::<()>();
    let waits = Mutex::new(waits);
    let application = |number: usize, mut back: Back| {
        back.request();
        if number > 0 {
            return back.reply(HELLO);
        }
        back.send(&stdout(b"Content-Type: text/plain\n\nhalf an ans"));
        waits.lock().unwrap().recv_timeout(PATIENCE).expect("the client has seen it");
    };
    place.with(Options::default(), application, |address| {
        let mut stream = connect(address);
        stream.write_all(b"GET /app/ HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        let (mut all, mut byte) = (Vec::new(), [0]);
        while !all.ends_with(b"half an ans") {
            stream.read_exact(&mut byte).unwrap();
            all.push(byte[0]);
        }
        seen.send(()).unwrap();
        let _ = stream.read_to_end(&mut all);
        assert!(!all.ends_with(b"0\r\n\r\n"), "{}", all.escape_ascii());
        assert_hello(&get(address, "/app/"));
    });
}

#[test]
fn an_answer_that_is_not_as_long_as_it_says_does_not_look_whole() {
    let place = Place::new();
    let application = |number: usize, mut back: Back| {
        let (length, content) = [(8, "hello"), (3, "hello"), (8, "")][number];
        back.request();
        let head = format!("Content-Type: text/plain\nContent-Length: {length}\n\n{content}");
        back.reply(head.as_bytes());
    };
    place.with(Options { keep: 0, ..Options::default() }, application, |address| {
        let response = get(address, "/app/");
        assert!(response.head.contains("Content-Length: 8"), "{}", response.head);
        assert_eq!(response.text(), "hello", "and the connection was closed");
        assert_eq!(get(address, "/app/").text(), "hel");
        // Nothing has been sent yet: there is still time to say what happened.
        assert_eq!(get(address, "/app/").status, 502);
    });
}

#[test]
fn drops_of_a_head_and_complaints_are_no_answer() {
    let place = Place::new();
    let application = |number: usize, mut back: Back| {
        back.request();
        let mut piece = Vec::new();
        match number {
            0 => encode_stream(Kind::Stdout, 1, b"X-A: b\n", &mut piece),
            _ => encode_stream(Kind::Stderr, 1, b"it hurts\n", &mut piece),
        }
        while back.stream.write_all(&piece).is_ok() {
            thread::sleep(Duration::from_millis(10));
        }
    };
    place.with(quick(), application, |address| {
        for _ in 0..2 {
            let began = Instant::now();
            assert_eq!(get(address, "/app/").status, 504);
            assert!(began.elapsed() >= quick().timeout);
        }
    });
}

#[test]
fn an_answer_that_nobody_can_take_yet_has_a_bound() {
    if OUTPUT_LEAVES_AT_ONCE {
        return; // Nothing is kept: the client takes it.
    }
    let place = Place::new();
    // It writes without end, and never reads.
    let application = |number: usize, mut back: Back| {
        if number == 1 {
            back.request();
            return back.reply(HELLO);
        }
        back.send(&stdout(b"Content-Type: text/plain\n\n"));
        let piece = stdout(&[b'x'; 8000]);
        while back.stream.write_all(&piece).is_ok() {}
    };
    let options = Options { held: 1024 * 1024, ..Options::default() };
    place.with(options, application, |address| {
        let content = vec![b'i'; 8 * 1024 * 1024];
        assert_eq!(ask(address, "POST /app/", "", &content).status, 502);
        assert_hello(&get(address, "/app/"));
    });
}

#[test]
fn an_application_learns_that_its_client_has_gone() {
    let place = Place::new();
    let (told, hears) = mpsc::channel();
    let application = |number: usize, mut back: Back| {
        back.request();
        if number == 0 {
            // A response without an end; then one that does not begin.
            back.send(&stdout(b"Content-Type: text/plain\n\n"));
            let piece = stdout(&[b'x'; 8000]);
            while back.stream.write_all(&piece).is_ok() {}
        } else {
            assert_eq!(back.next(), None);
        }
        told.send(number).unwrap();
    };
    place.with(Options::default(), application, |address| {
        for number in [0, 1] {
            let mut stream = connect(address);
            stream.write_all(b"GET /app/ HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
            if number == 0 {
                stream.read_exact(&mut [0; 1000]).unwrap();
            }
            drop(stream);
            assert_eq!(hears.recv_timeout(PATIENCE), Ok(number));
        }
    });
}

#[test]
fn head_gets_no_content_and_a_client_that_redirects_itself_is_told() {
    let place = Place::new();
    let application = |number: usize, mut back: Back| {
        while back.request().is_some() {
            match number {
                0 => back.reply(HELLO),
                _ => back.reply(b"Location: http://localhost/elsewhere\n\n"),
            }
            if number == 0 {
                return;
            }
        }
    };
    place.with(Options::default(), application, |address| {
        let response = ask(address, "HEAD /app/", "", b"");
        assert_eq!((response.status, response.text()), (200, ""));
        assert!(!response.head.contains("Content-Length"), "{}", response.head);
        let response = get(address, "/app/");
        assert_eq!(response.status, 302);
        assert!(response.head.contains("Location: http://localhost/elsewhere"));
    });
}

/// What a client does not take, nobody keeps: the application feels it, and
/// neither memory nor disk fills.
#[test]
fn an_application_waits_for_a_client_that_does_not_read() {
    const PIECE: usize = 64_000;
    let place = Place::new();
    let (stuck, is_stuck) = mpsc::channel();
    let application = |_: usize, mut back: Back| {
        back.request();
        back.send(&stdout(b"Content-Type: text/plain\n\n"));
        let piece = stdout(&[b'x'; PIECE]);
        let quick = Some(Duration::from_millis(500));
        back.stream.set_write_timeout(quick).unwrap();
        let mut written = 0;
        let cut = loop {
            let mut left = &piece[..];
            while !left.is_empty() {
                match back.stream.write(left) {
                    Ok(length) => left = &left[length..],
                    Err(_) => break,
                }
            }
            if !left.is_empty() {
                break left.to_vec();
            }
            written += 1;
            assert!(written < 1000, "64 MB are kept somewhere");
        };
        stuck.send(()).unwrap();
        back.stream.set_write_timeout(Some(PATIENCE)).unwrap();
        back.send(&cut);
        written += 1;
        for _ in written..1000 {
            back.send(&piece);
        }
        back.reply(b"");
    };
    place.with(Options::default(), application, |address| {
        let mut stream = connect(address);
        stream.write_all(b"GET /app/ HTTP/1.0\r\n\r\n").unwrap();
        is_stuck.recv_timeout(PATIENCE).unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        assert_eq!(support::site::parse(&all).content.len(), 1000 * PIECE);
    });
}

#[test]
fn redirects_in_a_circle_and_to_nowhere_are_502_and_a_folder_has_its_slash() {
    let place = Place::new();
    let asked = AtomicUsize::new(0);
    let application = |_: usize, mut back: Back| {
        while let Some((params, _)) = back.request() {
            asked.fetch_add(1, Ordering::SeqCst);
            if params.windows(6).any(|window| window == b"/round") {
                back.reply(b"Location: /app/round\n\n");
            } else {
                back.reply(b"Location: /app/no where\n\n");
            }
        }
    };
    place.with(Options::default(), application, |address| {
        assert_eq!(get(address, "/app/round").status, 502);
        assert_eq!(asked.load(Ordering::SeqCst), 10);
        assert_eq!(get(address, "/app/nowhere").status, 502);
        let response = get(address, "/app?a=b");
        assert_eq!(response.status, 301);
        assert!(response.head.contains("Location: /app/?a=b"), "{}", response.head);
    });
}

#[test]
fn a_local_redirect_is_answered_by_the_same_site() {
    let place = Place::new();
    let application = |_: usize, mut back: Back| {
        while let Some((params, _)) = back.request() {
            if params.windows(6).any(|window| window == b"/first") {
                back.reply(b"Location: /app/second\n\n");
            } else {
                back.reply(HELLO);
            }
        }
    };
    place.with(Options::default(), application, |address| {
        assert_hello(&ask(address, "POST /app/first", "", b"content"));
    });
}

#[test]
fn an_application_never_hears_of_a_script_that_is_not_there() {
    let place = Place::new();
    let connections = AtomicUsize::new(0);
    let application = |_: usize, _: Back| {
        connections.fetch_add(1, Ordering::SeqCst);
    };
    place.with(quick(), application, |address| {
        for path in ["/no.php", "/cat.jpg/x.php", "/cat.jpg/index.php", "/index%2ephp/../x.php"] {
            assert_eq!(get(address, path).status, 404, "{path}");
        }
        assert_eq!(get(address, "/cat.jpg").text(), "a file");
    });
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[test]
fn content_in_chunks_has_a_length_when_it_reaches_the_application() {
    for size in [3, 200_000] {
        let place = Place::new();
        let application = |_: usize, mut back: Back| {
            let (params, stdin) = back.request().expect("a request");
            assert_eq!(stdin, vec![b'c'; size]);
            let length = format!("CONTENT_LENGTH{size}");
            assert!(params.windows(length.len()).any(|window| window == length.as_bytes()));
            back.reply(HELLO);
        };
        place.with(Options::default(), application, |address| {
            let mut stream = connect(address);
            let head = "POST /app/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
                        Transfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(format!("{size:x}\r\n").as_bytes()).unwrap();
            stream.write_all(&vec![b'c'; size]).unwrap();
            stream.write_all(b"\r\n0\r\n\r\n").unwrap();
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            assert_hello(&support::site::parse(&all));
        });
    }
}

#[test]
fn a_connection_that_has_nothing_to_do_is_closed_also_when_no_request_comes() {
    let place = Place::new();
    let listener = UnixListener::bind(place.socket()).expect("a socket");
    thread::scope(|scope| {
        let application = scope.spawn(|| {
            let mut back = Back::of(listener.accept().expect("a connection").0);
            back.request().expect("a request");
            back.reply(HELLO);
            let began = Instant::now();
            assert_eq!(back.next(), None);
            began.elapsed()
        });
        place.serving(Options::default(), |address| {
            assert_hello(&get(address, "/app/"));
            assert!(application.join().expect("no panic") >= Duration::from_secs(1));
        });
    });
}

#[test]
fn a_folder_is_answered_by_its_script() {
    let place = Place::new();
    let responder = Responder::new(Listener::unix(&place.socket()).unwrap()).unwrap();
    let name = |call: &mut Call<'_>| {
        write!(call.stdout, "Content-Type: text/plain\n\n{}", call.variables.text("SCRIPT_NAME"))
    };
    thread::scope(|scope| {
        scope.spawn(|| responder.serve(&name));
        place.serving(Options::default(), |address| {
            assert_eq!(get(address, "/?a=b").text(), "/index.php");
            std::fs::write(place.folder.path().join("www/index.html"), "").unwrap();
            assert_eq!(get(address, "/").text(), "a file");
        });
        responder.stop();
    });
}
