//! An application that takes long keeps nobody waiting, while a thread is free;
//! and when none is, clients are told so at once.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]

#[path = "../../step1-http-basics/tests/support/client.rs"]
#[allow(dead_code)]
mod client;
mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::time::{Duration, Instant};

use client::Client;
use step4_wsgi_interface::{Body, Environ, Error, Result, StartResponse};
use step5_wsgi_server::server::Options;
use support::serving;

/// A gate that applications wait at, for no longer than a minute.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn wait(&self) {
        let open = self.0.0.lock().unwrap();
        let minute = Duration::from_secs(60);
        drop(self.0.1.wait_timeout_while(open, minute, |open| !*open).unwrap());
    }

    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }
}

/// `/slow` waits at the gate, everything else is answered at once.
fn application(gate: &Gate) -> impl Fn(Environ, StartResponse) -> Result<Body> + Send + Sync {
    let gate = gate.clone();
    move |environ: Environ, start_response: StartResponse| {
        if environ.get_or_empty("PATH_INFO") == "/slow" {
            gate.wait();
        }
        start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
        Ok([b"done".as_slice()].into())
    }
}

const FAST: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const SLOW: &str = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";

/// Of eight threads seven wait. Half of a hundred quick requests are answered
/// within milliseconds; what a busy machine does to the others, nobody knows.
#[test]
fn blocked_applications_delay_no_other_connection() {
    let gate = Gate::default();
    let options = Options { threads: 8, ..Options::default() };
    serving(application(&gate), options, |address| {
        let mut slow: Vec<_> = (0..7).map(|_| Client::connect(address)).collect();
        slow.iter_mut().for_each(|client| client.send(SLOW));
        let mut quick = Client::connect(address);
        let mut times: Vec<_> = (0..100)
            .map(|_| {
                let began = Instant::now();
                quick.send(FAST);
                assert_eq!(quick.answer().text(), "done");
                began.elapsed()
            })
            .collect();
        times.sort_unstable();
        assert!(times[50] < Duration::from_millis(50), "half of them took {:?}", times[50]);
        gate.open();
        for client in &mut slow {
            assert_eq!(client.answer().text(), "done");
        }
    });
}

#[test]
fn a_full_pool_with_a_full_queue_answers_503_and_recovers() {
    let gate = Gate::default();
    let options = Options { threads: 2, queue: 3, ..Options::default() };
    serving(application(&gate), options, |address| {
        let mut held: Vec<_> = (0..20).map(|_| Client::connect(address)).collect();
        held.iter_mut().for_each(|client| client.send(SLOW));
        // Two are with the threads, three in the queue, or fewer for a moment.
        let patience = Duration::from_secs(1);
        let refused = held
            .iter_mut()
            .map(|client| client.hears_within(patience))
            .filter(|heard| *heard)
            .count();
        assert!((15..=18).contains(&refused), "{refused} of 20 were refused");
        gate.open();
        let mut statuses: Vec<_> = held
            .iter_mut()
            .map(|client| {
                let answer = client.answer();
                if answer.status == 503 {
                    assert_eq!(answer.field("retry-after"), Some("1"));
                }
                answer.status
            })
            .collect();
        statuses.sort_unstable();
        assert_eq!(statuses[20 - refused..], vec![503; refused]);
        assert_eq!(statuses[..20 - refused], vec![200; 20 - refused]);
        // A refused connection can be used again.
        held[0].send(FAST);
        assert_eq!(held[0].answer().status, 200);
    });
}

#[test]
fn who_waits_longer_than_the_timeout_is_told_so() {
    let gate = Gate::default();
    let timeout = Duration::from_millis(300);
    let options = Options { threads: 2, timeout, ..Options::default() };
    serving(application(&gate), options, |address| {
        let mut client = Client::connect(address);
        let began = Instant::now();
        client.send(SLOW);
        let answer = client.answer();
        assert_eq!((answer.status, answer.closes()), (503, true));
        assert!(began.elapsed() >= timeout);
        client.expect_close();
        gate.open();
        let mut next = Client::connect(address);
        next.send(FAST);
        assert_eq!(next.answer().status, 200);
    });
}

/// Both are inside the application at the same time, or they wait for ever.
#[test]
fn two_requests_are_answered_at_the_same_time() {
    let both = Arc::new(Barrier::new(2));
    let application = move |environ: Environ, start_response: StartResponse| {
        assert!(environ.wsgi.multithread);
        both.wait();
        start_response("200 OK", &[], None)?;
        Ok::<Body, Error>([b"met".as_slice()].into())
    };
    serving(application, Options { threads: 2, ..Options::default() }, |address| {
        let mut clients = [Client::connect(address), Client::connect(address)];
        clients.iter_mut().for_each(|client| client.send(FAST));
        clients.iter_mut().for_each(|client| assert_eq!(client.answer().text(), "met"));
    });
}

/// While its first request is with a thread, a client sends the next ones.
#[test]
fn requests_of_one_connection_are_answered_in_order() {
    let application = |environ: Environ, start_response: StartResponse| {
        start_response("200 OK", &[], None)?;
        let path = environ.get_or_empty("PATH_INFO").to_string().into_bytes();
        Ok::<Body, Error>([path].into())
    };
    serving(application, Options { threads: 4, ..Options::default() }, |address| {
        let mut client = Client::connect(address);
        let all: String =
            (0..200).map(|number| format!("GET /{number} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
        client.send(all);
        for number in 0..200 {
            assert_eq!(client.answer().text(), format!("/{number}"));
        }
    });
}

#[test]
fn a_stop_waits_for_what_a_thread_has() {
    let gate = Gate::default();
    let options = Options { threads: 2, ..Options::default() };
    let stop = Mutex::new(None);
    support::serving_with_stop(application(&gate), options, |address, handle| {
        *stop.lock().unwrap() = Some(handle);
        let mut client = Client::connect(address);
        client.send(SLOW);
        assert!(!client.hears_within(Duration::from_millis(200)));
        stop.lock().unwrap().as_ref().unwrap().stop();
        assert!(!client.hears_within(Duration::from_millis(200)));
        gate.open();
        let answer = client.answer();
        assert_eq!((answer.status, answer.closes()), (200, true));
    });
}

/// A thread keeps the socket for a while, so that it cannot be closed at once.
#[test]
fn what_was_written_and_not_finished_in_time_never_looks_whole() {
    let gate = Gate::default();
    let at_gate = gate.clone();
    let application = move |_: Environ, start_response: StartResponse| {
        let write = start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
        write(b"a part")?;
        at_gate.wait();
        Ok([b"the rest".as_slice()].into())
    };
    let timeout = Duration::from_secs(1);
    let options = Options { threads: 2, timeout, ..Options::default() };
    serving(application, options, |address| {
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        client.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
        let read = client.read_to_end(&mut Vec::new());
        gate.open();
        assert_eq!(read.map_err(|error| error.kind()), Err(ErrorKind::ConnectionReset));
    });
}
