//! A client that does not read is cut off when its time is over, and one line
//! says so.
#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use step1_http_basics::limits::{Limits, Pace};
use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
use step5_wsgi_server::server::Options;
use support::serving;

const DEADLINE: Duration = Duration::from_secs(30);

/// What the server says; this is the only test of the process.
struct Log(Mutex<String>);

static LOG: Log = Log(Mutex::new(String::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.0.lock().unwrap().push_str(&format!("{}: {}\n", record.level(), record.args()));
    }

    fn flush(&self) {}
}

fn large(_: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[], None)?;
    Ok([vec![b'x'; 50_000_000]].into())
}

#[test]
fn a_client_that_never_reads_is_cut_off_and_one_line_says_so() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Info);
    for threads in [1, 2] {
        LOG.0.lock().unwrap().clear();
        let half = Duration::from_millis(500);
        let pace = Pace { stall: half, grace: half, bytes_per_second: 1_000_000_000 };
        let limits = Limits { pace, ..Limits::default() };
        let options = Options { limits, threads, ..Options::default() };
        serving(large, options, |address| {
            let began = Instant::now();
            let mut deaf = TcpStream::connect(address).unwrap();
            deaf.set_read_timeout(Some(DEADLINE)).unwrap();
            deaf.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
            while !LOG.0.lock().unwrap().contains("does not read its answer: it is cut off") {
                assert!(began.elapsed() < DEADLINE, "nothing is said");
                std::thread::sleep(Duration::from_millis(10));
            }
            assert!(began.elapsed() >= half);
            let mut came = Vec::new();
            let _ = deaf.read_to_end(&mut came); // what the kernel has kept, and a reset
            assert!(came.len() < 50_000_000);
        });
        let said = LOG.0.lock().unwrap().clone();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.starts_with("WARN: the client at 127.0.0.1:"), "{said}");
    }
}
