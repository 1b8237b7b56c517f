//! A plain function is a FastCGI application: whatever a server says to it, it
//! gets the answer of the specification.

mod support;

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use step3_cgi::fastcgi::params::{self, encode_pair};
use step3_cgi::fastcgi::record::{
    BeginRequest, Kind, NO_REQUEST, ProtocolStatus, Record, encode_stream, end_stream, parse,
};
use step3_cgi::fastcgi::responder::{Application, Limits, Listener, Responder};
use step3_cgi::program::Call;
use support::{Front, begin, stdin};

/// Serves `application` at a socket while `use_it` runs.
fn serving<T>(application: &Application<'_>, use_it: impl FnOnce(&Path) -> T) -> T {
    serving_with(Limits::default(), application, use_it)
}

fn serving_with<T>(
    limits: Limits,
    application: &Application<'_>,
    use_it: impl FnOnce(&Path) -> T,
) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let listener = Listener::unix(&path).expect("a socket");
    let responder = Responder::new(listener).expect("descriptors").with(limits);
    thread::scope(|scope| {
        let serves = scope.spawn(|| responder.serve(application));
        struct Stop<'r>(&'r Responder);
        impl Drop for Stop<'_> {
            fn drop(&mut self) {
                self.0.stop();
            }
        }
        let stop = Stop(&responder);
        let result = use_it(&path);
        drop(stop);
        serves.join().expect("no panic").expect("a listening socket");
        result
    })
}

/// Says what it was asked, and gives back what it was sent.
fn echo(call: &mut Call<'_>) -> io::Result<()> {
    writeln!(call.stderr, "{} variables", call.variables.iter().count())?;
    write!(call.stdout, "Content-Type: text/plain\r\n\r\n")?;
    call.stdout.write_all(call.variables.get("QUERY_STRING"))?;
    io::copy(call.stdin, call.stdout)?;
    Ok(())
}

const HEAD: &str = "Content-Type: text/plain\r\n\r\n";

#[test]
fn variables_and_stdin_go_in_and_stdout_and_stderr_come_out() {
    serving(&echo, |path| {
        let mut front = Front::connect(path);
        front.send(&begin(1, false, &[("QUERY_STRING", "a=b"), ("X", "")]));
        let answer = front.send(&stdin(1, b" and more")).answer(1);
        assert_eq!(answer.stdout, format!("{HEAD}a=b and more"));
        assert_eq!(answer.stderr, "2 variables\n");
        assert_eq!(answer.end.app_status, 0);
        assert_eq!(answer.end.protocol_status, ProtocolStatus::RequestComplete);
        assert_eq!(front.next(), None, "without FCGI_KEEP_CONN the application closes");
    });
}

#[test]
fn a_small_answer_and_its_end_are_one_write() {
    let hello = |call: &mut Call<'_>| write!(call.stdout, "{HEAD}hello");
    serving(&hello, |path| {
        let mut front = Front::connect(path);
        front.send(&[begin(1, true, &[]), stdin(1, b"")].concat());
        let mut piece = [0; 4096];
        let length = front.stream.read(&mut piece).unwrap();
        let (mut rest, mut kinds) = (&piece[..length], Vec::new());
        while let Some((record, used)) = parse(rest).unwrap() {
            kinds.push((record.kind, record.content.len()));
            rest = &rest[used..];
        }
        assert_eq!(kinds, [(Kind::Stdout, 33), (Kind::Stdout, 0), (Kind::EndRequest, 8)]);
    });
}

#[test]
fn a_kept_connection_serves_one_request_after_the_other() {
    serving(&echo, |path| {
        let mut front = Front::connect(path);
        // Two at once, which a server may do only when it knows the answer to come.
        for id in [1, 1, 77, 65_535] {
            front.send(&[begin(id, true, &[("QUERY_STRING", "q")]), stdin(id, b"s")].concat());
        }
        for id in [1, 1, 77, 65_535] {
            assert_eq!(front.answer(id).stdout, format!("{HEAD}qs"));
        }
        front.send(&[begin(2, false, &[]), stdin(2, b"last")].concat());
        assert_eq!(front.answer(2).stdout, format!("{HEAD}last"));
        assert_eq!(front.next(), None);
    });
}

#[test]
fn records_may_be_cut_anywhere() {
    serving(&echo, |path| {
        let mut wire = begin(1, true, &[]);
        let mut pairs = Vec::new();
        encode_pair(b"QUERY_STRING", "x".repeat(300).as_bytes(), &mut pairs);
        wire.truncate(16);
        for piece in pairs.chunks(7) {
            encode_stream(Kind::Params, 1, piece, &mut wire);
        }
        end_stream(Kind::Params, 1, &mut wire);
        wire.extend(stdin(1, b"y"));
        let mut front = Front::connect(path);
        for byte in &wire {
            front.send(std::slice::from_ref(byte));
        }
        assert_eq!(front.answer(1).stdout, format!("{HEAD}{}y", "x".repeat(300)));
    });
}

#[test]
fn large_content_streams_through_both_ways() {
    const SIZE: usize = 20 * 1024 * 1024;
    let count = |call: &mut Call<'_>| io::copy(call.stdin, call.stdout).map(drop);
    serving(&count, |path| {
        let mut front = Front::connect(path);
        let mut sender = Front::of(front.stream.try_clone().unwrap());
        thread::scope(|scope| {
            scope.spawn(move || {
                sender.send(&begin(1, false, &[]));
                let piece = vec![b'x'; 100_000];
                let mut out = Vec::new();
                for _ in 0..SIZE / piece.len() {
                    out.clear();
                    encode_stream(Kind::Stdin, 1, &piece, &mut out);
                    sender.send(&out);
                }
                out.clear();
                end_stream(Kind::Stdin, 1, &mut out);
                sender.send(&out);
            });
            assert_eq!(front.answer(1).stdout.len(), SIZE / 100_000 * 100_000);
        });
    });
}

#[test]
fn stdin_that_nobody_read_does_not_belong_to_the_next_request() {
    let reads_nothing = |call: &mut Call<'_>| call.stdout.write_all(call.variables.get("N"));
    serving(&reads_nothing, |path| {
        let mut front = Front::connect(path);
        front.send(&begin(1, true, &[("N", "1")]));
        assert_eq!(front.answer(1).stdout, "1");
        // The server had begun to send it, and goes on to its end …
        front.send(&stdin(1, &vec![b'x'; 200_000]));
        front.send(&[begin(1, true, &[("N", "2")]), stdin(1, b"")].concat());
        assert_eq!(front.answer(1).stdout, "2");
        // … or it does not.
        let mut cut = Vec::new();
        encode_stream(Kind::Stdin, 1, b"beginning", &mut cut);
        front.send(&[begin(1, true, &[("N", "3")]), cut].concat());
        assert_eq!(front.answer(1).stdout, "3");
        front.send(&[begin(1, false, &[("N", "4")]), stdin(1, b"")].concat());
        assert_eq!(front.answer(1).stdout, "4");
        assert_eq!(front.next(), None);
    });
}

#[test]
fn an_answer_before_the_end_of_stdin_is_not_lost_with_the_connection() {
    let refuses = |call: &mut Call<'_>| write!(call.stdout, "Status: 413\r\n\r\n");
    serving(&refuses, |path| {
        let mut front = Front::connect(path);
        let mut unread = Vec::new();
        encode_stream(Kind::Stdin, 1, &[0; 60_000], &mut unread);
        front.send(&[begin(1, false, &[]), unread].concat());
        assert_eq!(front.answer(1).stdout, "Status: 413\r\n\r\n");
        drop(front);
    });
}

#[test]
fn what_the_application_can_do_is_told() {
    serving(&echo, |path| {
        let mut front = Front::connect(path);
        let mut asked = Vec::new();
        for name in ["FCGI_MPXS_CONNS", "FCGI_MAX_REQS", "FCGI_MAX_CONNS", "FCGI_ELSE"] {
            encode_pair(name.as_bytes(), b"", &mut asked);
        }
        let mut wire = Vec::new();
        Record { kind: Kind::GetValues, request_id: NO_REQUEST, content: &asked }.encode(&mut wire);
        let came = front.send(&wire).next().expect("a result");
        assert_eq!((came.kind, came.id), (Kind::GetValuesResult, NO_REQUEST));
        assert_eq!(
            params::parse(&came.content),
            Ok(vec![
                (&b"FCGI_MPXS_CONNS"[..], &b"0"[..]),
                (b"FCGI_MAX_REQS", b"1"),
                (b"FCGI_MAX_CONNS", b"100"),
            ])
        );
    });
}

#[test]
fn an_unknown_management_record_is_named_and_an_unknown_role_is_refused() {
    serving(&echo, |path| {
        let mut front = Front::connect(path);
        let mut wire = Vec::new();
        Record { kind: Kind::Unknown(42), request_id: NO_REQUEST, content: b"?" }.encode(&mut wire);
        let came = front.send(&wire).next().expect("an answer");
        assert_eq!((came.kind, came.id), (Kind::UnknownType, NO_REQUEST));
        assert_eq!(came.content, [42, 0, 0, 0, 0, 0, 0, 0]);

        let authorizer = BeginRequest { role: 2, keep_connection: true }.content();
        let mut wire = Vec::new();
        Record { kind: Kind::BeginRequest, request_id: 9, content: &authorizer }.encode(&mut wire);
        assert_eq!(front.send(&wire).answer(9).end.protocol_status, ProtocolStatus::UnknownRole);
        // The connection is as good as before.
        front.send(&[begin(9, true, &[]), stdin(9, b"ok")].concat());
        assert_eq!(front.answer(9).stdout, format!("{HEAD}ok"));
    });
}

#[test]
fn a_second_request_on_a_busy_connection_is_refused() {
    serving(&echo, |path| {
        let mut front = Front::connect(path);
        front.send(&[begin(1, true, &[]), begin(2, true, &[]), stdin(2, b"two")].concat());
        let refused = front.next().expect("an end");
        assert_eq!((refused.kind, refused.id), (Kind::EndRequest, 2));
        assert_eq!(refused.content[4], 1, "FCGI_CANT_MPX_CONN");
        assert_eq!(front.send(&stdin(1, b"one")).answer(1).stdout, format!("{HEAD}one"));
    });
}

#[test]
fn an_aborted_request_ends_and_the_connection_goes_on() {
    serving(&echo, |path| {
        let mut front = Front::connect(path);
        let mut abort = Vec::new();
        Record { kind: Kind::AbortRequest, request_id: 1, content: b"" }.encode(&mut abort);
        // While it reads, and before its variables are whole.
        let answer = front.send(&[begin(1, true, &[]), abort.clone()].concat()).answer(1);
        assert_eq!(answer.end.app_status, 1);
        let answer = front.send(&[begin(1, true, &[])[..16].to_vec(), abort].concat()).answer(1);
        assert_eq!(answer.end.app_status, 0);
        front.send(&[begin(1, true, &[]), stdin(1, b"ok")].concat());
        assert_eq!(front.answer(1).stdout, format!("{HEAD}ok"));
    });
}

#[test]
fn an_application_that_writes_learns_of_the_abort_and_of_the_close() {
    let (told, hears) = mpsc::channel();
    let endless = move |call: &mut Call<'_>| {
        io::copy(call.stdin, &mut io::sink())?;
        let piece = vec![b'x'; 10_000];
        let error = loop {
            if let Err(error) = call.stdout.write_all(&piece).and_then(|()| call.stdout.flush()) {
                break error;
            }
        };
        told.send(error.kind()).expect("the test waits");
        Err(error)
    };
    let endless = std::sync::Mutex::new(endless);
    let application = |call: &mut Call<'_>| endless.lock().expect("one at a time")(call);
    serving(&application, |path| {
        let mut front = Front::connect(path);
        front.send(&[begin(1, true, &[]), stdin(1, b"")].concat());
        front.next().expect("it has begun");
        let mut abort = Vec::new();
        Record { kind: Kind::AbortRequest, request_id: 1, content: b"" }.encode(&mut abort);
        assert_eq!(front.send(&abort).answer(1).end.app_status, 1);
        assert_eq!(hears.recv_timeout(support::PATIENCE), Ok(io::ErrorKind::ConnectionAborted));

        front.send(&[begin(1, true, &[]), stdin(1, b"")].concat());
        front.next().expect("it has begun");
        drop(front);
        assert!(hears.recv_timeout(support::PATIENCE).is_ok());
    });
}

#[test]
fn an_application_that_fails_or_panics_ends_its_request_and_no_other() {
    let fails = |call: &mut Call<'_>| match call.variables.get("HOW") {
        b"panic" => panic!("on purpose"),
        _ => Err(io::Error::other("no such guest book")),
    };
    serving(&fails, |path| {
        let mut front = Front::connect(path);
        for (how, stderr) in
            [("error", "no such guest book\n"), ("panic", "the application panicked\n")]
        {
            front.send(&[begin(1, true, &[("HOW", how)]), stdin(1, b"")].concat());
            let answer = front.answer(1);
            assert_eq!((answer.stderr.as_str(), answer.end.app_status), (stderr, 1));
        }
    });
}

#[test]
fn a_connection_that_keeps_silent_keeps_nobody_out() {
    serving(&echo, |path| {
        let idle: Vec<Front> = (0..20).map(|_| Front::connect(path)).collect();
        let mut kept = Front::connect(path);
        for _ in 0..3 {
            kept.send(&[begin(1, true, &[]), stdin(1, b"a")].concat());
            assert_eq!(kept.answer(1).stdout, format!("{HEAD}a"));
            let mut other = Front::connect(path);
            other.send(&[begin(1, false, &[]), stdin(1, b"b")].concat());
            assert_eq!(other.answer(1).stdout, format!("{HEAD}b"));
        }
        drop(idle);
    });
}

#[test]
fn with_too_many_connections_the_one_that_was_silent_longest_is_closed() {
    let limits = Limits { connections: 2, ..Limits::default() };
    serving_with(limits, &echo, |path| {
        let mut fronts: Vec<Front> = Vec::new();
        for _ in 0..3 {
            let mut front = Front::connect(path);
            front.send(&[begin(1, true, &[]), stdin(1, b"")].concat()).answer(1);
            fronts.push(front);
        }
        assert_eq!(fronts[0].next(), None);
        for front in &mut fronts[1..] {
            front.send(&[begin(1, true, &[]), stdin(1, b"")].concat()).answer(1);
        }
    });
}

#[test]
fn a_server_that_stops_in_the_middle_is_given_up() {
    let short = Duration::from_millis(200);
    let limits = Limits { params_deadline: short, stall: short, idle: short, ..Limits::default() };
    serving_with(limits, &echo, |path| {
        let began = Instant::now();
        let mut in_params = Front::connect(path);
        in_params.send(&begin(1, true, &[("A", "b")])[..20]);
        assert_eq!(in_params.next(), None);
        assert!(began.elapsed() >= short);

        let mut in_stdin = Front::connect(path);
        assert_eq!(in_stdin.send(&begin(1, true, &[])).answer(1).end.app_status, 1);
        let mut idle = Front::connect(path);
        assert_eq!(idle.next(), None);
    });
}

#[test]
fn what_is_no_record_and_what_is_too_much_closes_the_connection() {
    let calls = AtomicUsize::new(0);
    let counts = |_: &mut Call<'_>| {
        calls.fetch_add(1, Ordering::Relaxed);
        Ok(())
    };
    let mut half_a_pair = begin(1, true, &[])[..16].to_vec();
    encode_stream(Kind::Params, 1, b"\x05\x01ab", &mut half_a_pair);
    end_stream(Kind::Params, 1, &mut half_a_pair);
    let flood = begin(1, true, &[("A", &"x".repeat(300_000))]);
    let mut short = Vec::new();
    Record { kind: Kind::BeginRequest, request_id: 1, content: &[0, 1] }.encode(&mut short);
    serving(&counts, |path| {
        for (what, wire) in [
            ("another protocol", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
            ("a pair that is cut off", half_a_pair),
            ("too many variables", flood),
            ("a short FCGI_BEGIN_REQUEST", short),
        ] {
            let mut front = Front::connect(path);
            // It may close before all is sent.
            let _ = front.stream.write_all(&wire);
            let mut rest = Vec::new();
            let _ = front.stream.read_to_end(&mut rest);
            assert!(rest.is_empty(), "{what}: {rest:?}");
        }
        assert_eq!(calls.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn a_request_that_begins_again_before_its_end_closes_the_connection() {
    serving(&echo, |path| {
        let mut front = Front::connect(path);
        front.send(&[begin(1, true, &[]), begin(1, true, &[])].concat());
        let mut rest = Vec::new();
        let _ = front.stream.read_to_end(&mut rest);
        assert!(!rest.is_empty(), "the first one ends with an error");
        assert_eq!(&rest[rest.len() - 8..][..4], [0, 0, 0, 1]);
    });
}

#[test]
fn a_stop_waits_for_the_request_that_is_being_answered() {
    let (begun, has_begun) = mpsc::channel();
    let begun = std::sync::Mutex::new(begun);
    let slow = |call: &mut Call<'_>| {
        begun.lock().expect("one at a time").send(()).expect("the test waits");
        let mut content = String::new();
        call.stdin.read_to_string(&mut content)?;
        write!(call.stdout, "{HEAD}{content}")
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let responder = Responder::new(Listener::unix(&path).unwrap()).unwrap();
    thread::scope(|scope| {
        let serves = scope.spawn(|| responder.serve(&slow));
        let mut idle = Front::connect(&path);
        let mut front = Front::connect(&path);
        front.send(&begin(1, true, &[]));
        has_begun.recv_timeout(support::PATIENCE).expect("the application is called");
        responder.stop();
        front.send(&stdin(1, b"done"));
        assert_eq!(front.answer(1).stdout, format!("{HEAD}done"));
        assert_eq!(front.next(), None);
        assert_eq!(idle.next(), None);
        serves.join().unwrap().unwrap();
    });
}

#[test]
fn requests_that_have_come_before_a_stop_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let responder = Responder::new(Listener::unix(&path).unwrap()).unwrap();
    let mut fronts = [1, 2, 3].map(|id| {
        let mut front = Front::connect(&path);
        front.send(&[begin(id, true, &[]), stdin(id, b"x")].concat());
        (id, front)
    });
    responder.stop();
    responder.serve(&echo).unwrap();
    for (id, front) in &mut fronts {
        assert!(front.answer(*id).stdout.ends_with('x'));
        assert_eq!(front.next(), None);
    }
}

#[test]
fn a_stop_comes_to_its_end_though_somebody_always_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let responder = Responder::new(Listener::unix(&path).unwrap()).unwrap();
    // Each request is followed by the next one before it is answered.
    let ask = || {
        Front::connect(&path).send(&[begin(1, false, &[]), stdin(1, b"")].concat());
    };
    let endless = |_: &mut Call<'_>| -> io::Result<()> {
        ask();
        Ok(())
    };
    ask();
    responder.stop();
    responder.serve(&endless).unwrap();
}

#[test]
fn only_the_servers_that_were_named_may_connect_over_tcp() {
    for (allowed, answered) in [("127.0.0.1", true), ("192.0.2.1", false)] {
        let listener = Listener::tcp("127.0.0.1:0").unwrap();
        let responder = Responder::new(listener.only_from(vec![allowed.parse().unwrap()])).unwrap();
        let address = responder.listener().address().expect("a TCP address");
        thread::scope(|scope| {
            scope.spawn(|| responder.serve(&echo));
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(support::PATIENCE)).unwrap();
            let _ = stream.write_all(&[begin(1, false, &[]), stdin(1, b"")].concat());
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            assert_eq!(!answer.is_empty(), answered, "{allowed}");
            responder.stop();
        });
    }
}

/// All of 127.0.0.0/8 is this machine, so a stranger can come from 127.0.0.2.
#[cfg(target_os = "linux")]
#[test]
fn a_stop_answers_also_those_that_wait_behind_one_that_may_not_connect() {
    use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
    use std::net::{SocketAddr, TcpStream};

    let listener = Listener::tcp("127.0.0.1:0").unwrap();
    let responder = Responder::new(listener.only_from(vec!["127.0.0.1".parse().unwrap()])).unwrap();
    let address = responder.listener().address().expect("a TCP address");
    let come = |from: &str| {
        let client = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        bind(&client, &SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
        connect(&client, &address).unwrap();
        let mut client = TcpStream::from(client);
        client.set_read_timeout(Some(support::PATIENCE)).unwrap();
        client.write_all(&[begin(1, false, &[]), stdin(1, b"")].concat()).unwrap();
        client
    };
    let clients = ["127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.1"].map(come);
    responder.stop();
    responder.serve(&echo).unwrap();
    let answered = clients.map(|mut client| {
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer);
        !answer.is_empty()
    });
    assert_eq!(answered, [true, false, false, true]);
}

#[test]
fn a_newcomer_is_taken_also_while_another_connection_never_rests() {
    serving(&echo, |path| {
        let stop = std::sync::atomic::AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut busy = Front::connect(path);
                while !stop.load(Ordering::Relaxed) {
                    for _ in 0..3 {
                        busy.send(&[begin(1, true, &[]), stdin(1, b"busy")].concat());
                    }
                    for _ in 0..3 {
                        busy.answer(1);
                    }
                }
            });
            for _ in 0..5 {
                let mut other = Front::connect(path);
                other.send(&[begin(1, true, &[]), stdin(1, b"other")].concat());
                assert_eq!(other.answer(1).stdout, format!("{HEAD}other"));
            }
            stop.store(true, Ordering::Relaxed);
        });
    });
}
