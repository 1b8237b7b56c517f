//! What an application says of those who may not connect, and of what it lacks:
//! once, and not for each of them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, connect, socket};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use step3_cgi::fastcgi::responder::{Listener, Responder};
use step3_cgi::program::Call;
use support::{PATIENCE, begin, stdin};

/// What is said; this is the only test of the process.
struct Log(Mutex<Vec<String>>);

static LOG: Log = Log(Mutex::new(Vec::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.0.lock().unwrap().push(record.args().to_string());
    }

    fn flush(&self) {}
}

fn said() -> Vec<String> {
    std::mem::take(&mut LOG.0.lock().unwrap())
}

struct Stop<'r>(&'r Responder);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Serves from two threads, which have one log, while `test` runs.
fn serving(listener: Listener, test: impl FnOnce(std::net::SocketAddr)) {
    let responder = Responder::new(listener).unwrap();
    let address = responder.listener().address().unwrap();
    let hello = |call: &mut Call<'_>| write!(call.stdout, "Content-Type: text/plain\n\nhello");
    thread::scope(|scope| {
        let _stop = Stop(&responder);
        for _ in 0..2 {
            scope.spawn(|| responder.serve(&hello).unwrap());
        }
        test(address);
    });
}

/// What this process has taken of the processors so far.
fn processor_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap()
}

#[test]
fn strangers_and_a_lack_that_lasts_are_told_of_once() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Info);

    let local = Listener::tcp("127.0.0.1:0").unwrap();
    serving(local.only_from(vec!["192.0.2.1".parse().unwrap()]), |address| {
        for _ in 0..50 {
            let mut stranger = TcpStream::connect(address).unwrap();
            stranger.set_read_timeout(Some(PATIENCE)).unwrap();
            assert_eq!(stranger.read(&mut [0]).unwrap(), 0);
        }
    });
    assert_eq!(said(), ["127.0.0.1 is not among FCGI_WEB_SERVER_ADDRS"]);

    serving(Listener::tcp("127.0.0.1:0").unwrap(), |address| {
        // It needs no descriptor any more.
        let client = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        let usual = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(3), ..usual }).unwrap();
        connect(&client, &address).unwrap();
        // In this time it tries again and again, but not without a pause.
        let (lasts, before) = (Duration::from_millis(300), processor_time());
        thread::sleep(lasts);
        assert!(processor_time() - before < lasts / 2);
        setrlimit(Resource::Nofile, usual).unwrap();
        let mut client = TcpStream::from(client);
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client.write_all(&[begin(1, false, &[]), stdin(1, b"")].concat()).unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).unwrap();
        assert!(answer.windows(5).any(|bytes| bytes == b"hello"));
    });
    let said = said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("cannot accept a connection: "), "{said:?}");
}
