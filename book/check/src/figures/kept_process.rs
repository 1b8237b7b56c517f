//! The same hello from a process of its own, from one that is kept, and from a function of the
//! server itself.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::servers::{Kind, Ours, Running};
use super::{median, rounded, table};
use crate::sandbox::Sandbox;
use crate::workspace;

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(1200);

const ROWS: &[(&str, Kind, &str)] = &[
    ("CGI: a process for each request", Kind::StepThree(&[]), "/cgi-bin/hello"),
    ("FastCGI: a pool of two processes", Kind::StepThree(&[]), "/fastcgi/"),
    ("a function of the server", Kind::Example("03_hello", &[]), "/"),
];

pub(super) fn measure() -> Result<String, String> {
    let ours = Ours::build()?;
    let sandbox = Sandbox::new(&workspace::root().join("www"), []).map_err(|e| e.to_string())?;
    let mut waits = vec![Vec::new(); ROWS.len()];
    let mut costs = vec![Vec::new(); ROWS.len()];
    for _ in 0..ROUNDS {
        for (at, (name, kind, path)) in ROWS.iter().enumerate() {
            let server = Running::start(*kind, &ours, &sandbox)?;
            let fault = |error: io::Error| format!("{name}: {error}");
            let mut client = Client::open(server.address, path).map_err(fault)?;
            // What is done once, at the first request, is not what is compared.
            client.time().map_err(fault)?;
            let (used, end) = (server.processor_time(), Instant::now() + ROUND);
            let mut requests = 0.0;
            while Instant::now() < end {
                waits[at].push(client.time().map_err(fault)?.as_secs_f64() * 1_000_000.0);
                requests += 1.0;
            }
            let used = server.processor_time().saturating_sub(used);
            costs[at].push(used.as_secs_f64() * 1_000_000.0 / requests);
        }
    }
    let measured: Vec<_> =
        waits.into_iter().zip(costs).map(|(wait, cost)| (median(wait), median(cost))).collect();
    let function = measured.last().map_or(f64::NAN, |(wait, _)| *wait);
    let rows: Vec<_> = ROWS
        .iter()
        .zip(&measured)
        .map(|((name, ..), (wait, cost))| {
            vec![(*name).to_owned(), rounded(*wait), rounded(wait / function), rounded(*cost)]
        })
        .collect();
    let heads = ["Who says hello", "a client waits, µs", "to one", "processor time, µs"];
    Ok(format!(
        "{}\nOne client on one connection that stays open, one request after the other; \
         medians of {ROUNDS} rounds. Processor time is that of the server and of all processes \
         that it started.\n",
        table(&heads, &rows)
    ))
}

/// A connection that stays open, and a request.
struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Client {
    fn open(address: SocketAddr, path: &str) -> io::Result<Self> {
        let patience = Duration::from_secs(5);
        let stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_nodelay(true)?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").into_bytes();
        Ok(Client { stream, request, answer: Vec::new() })
    }

    /// How long one answer takes.
    fn time(&mut self) -> io::Result<Duration> {
        let began = Instant::now();
        self.stream.write_all(&self.request)?;
        self.answer.clear();
        let mut piece = [0; 4096];
        while !self.is_whole() {
            match self.stream.read(&mut piece)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => self.answer.extend_from_slice(&piece[..length]),
            }
        }
        let took = began.elapsed();
        let ok = self.answer.starts_with(b"HTTP/1.1 200");
        if ok { Ok(took) } else { Err(io::Error::other("the answer is not 200")) }
    }

    /// As its length says, or up to the last chunk.
    fn is_whole(&self) -> bool {
        let text = String::from_utf8_lossy(&self.answer);
        let Some((head, content)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        match length.and_then(|length| length.parse::<usize>().ok()) {
            Some(length) => content.len() >= length,
            None => content.ends_with("0\r\n\r\n"),
        }
    }
}
