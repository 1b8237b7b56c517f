//! The client of the figures: it asks, waits for the whole answer, and counts.

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::servers::PATH;

/// No answer may take longer.
const PATIENCE: Duration = Duration::from_secs(5);

fn request(address: SocketAddr, path: &str, fields: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{fields}\r\n").into_bytes()
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Eight clients, each with a connection for each request, for so long: how many were answered.
pub(super) fn new_connections(address: SocketAddr, time: Duration) -> io::Result<u64> {
    let (answered, end) = (AtomicU64::new(0), Instant::now() + time);
    let request = request(address, PATH, "Connection: close\r\n");
    let client = || -> io::Result<()> {
        let mut answer = Vec::new();
        while Instant::now() < end {
            let mut stream = connect(address)?;
            stream.write_all(&request)?;
            answer.clear();
            stream.read_to_end(&mut answer)?;
            is_whole(&answer)?;
            answered.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..8).map(|_| scope.spawn(client)).collect();
        clients.into_iter().try_for_each(|client| client.join().unwrap_or(Ok(())))
    })?;
    Ok(answered.into_inner())
}

/// One file, on a connection of its own; what comes is thrown away.
pub(super) fn fetch(address: SocketAddr, path: &str, length: u64) -> io::Result<()> {
    let mut stream = connect(address)?;
    // In one piece: the naive server reads once, and a rest would reset the answer.
    stream.write_all(&request(address, path, "Connection: close\r\n"))?;
    let mut first = [0; 16];
    stream.read_exact(&mut first)?;
    is_whole(&first)?;
    let mut stream = BufReader::with_capacity(1024 * 1024, stream);
    match io::copy(&mut stream, &mut io::sink())? {
        received if received >= length => Ok(()),
        _ => Err(ErrorKind::UnexpectedEof.into()),
    }
}

fn is_whole(answer: &[u8]) -> io::Result<()> {
    let ok = answer.starts_with(b"HTTP/1.") && answer.get(9..12) == Some(b"200");
    if ok { Ok(()) } else { Err(io::Error::other("the answer is not 200")) }
}

/// A connection that stays open; where the server closes it, it is made anew.
pub(super) struct Kept {
    address: SocketAddr,
    stream: TcpStream,
    is_closed: bool,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Kept {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        Self::open_for(address, PATH)
    }

    /// A connection on which something else is asked for.
    pub(super) fn open_for(address: SocketAddr, path: &str) -> io::Result<Self> {
        Self::open_with(address, request(address, path, ""))
    }

    /// A connection on which so much is posted to `/`.
    pub(super) fn open_to_post(address: SocketAddr, length: usize) -> io::Result<Self> {
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n"
        );
        Self::open_with(address, [head.as_bytes(), &vec![b'x'; length]].concat())
    }

    fn open_with(address: SocketAddr, request: Vec<u8>) -> io::Result<Self> {
        let stream = connect(address)?;
        Ok(Self { address, stream, is_closed: false, request, answer: Vec::new() })
    }

    pub(super) fn ask(&mut self) -> io::Result<()> {
        if self.is_closed {
            self.stream = connect(self.address)?;
            self.is_closed = false;
        }
        self.stream.write_all(&self.request)
    }

    /// Waits for the whole of the answer.
    pub(super) fn receive(&mut self) -> io::Result<()> {
        self.answer.clear();
        let mut piece = [0; 16 * 1024];
        loop {
            match (self.stream.read(&mut piece)?, End::of(&self.answer)) {
                (0, Some(End::Close)) => break,
                (0, _) => return Err(ErrorKind::UnexpectedEof.into()),
                (length, _) => self.answer.extend_from_slice(&piece[..length]),
            }
            let end = End::of(&self.answer);
            if end.is_some_and(|end| end.is_reached(&self.answer)) {
                break;
            }
        }
        self.is_closed = closes(&self.answer);
        is_whole(&self.answer)
    }

    /// How long each of so many requests takes, one after the other.
    pub(super) fn time(&mut self, requests: usize) -> io::Result<Vec<Duration>> {
        let mut times = Vec::with_capacity(requests);
        for _ in 0..requests {
            let began = Instant::now();
            self.ask()?;
            self.receive()?;
            times.push(began.elapsed());
        }
        Ok(times)
    }
}

/// Where an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// After so many bytes, the head's included.
    Length(usize),
    /// After the last chunk.
    LastChunk,
    /// Where the server closes.
    Close,
}

impl End {
    /// As the head says, once it is there.
    fn of(answer: &[u8]) -> Option<Self> {
        let head = head(answer)?;
        Some(match (field(head, "content-length"), field(head, "transfer-encoding")) {
            (Some(length), _) => Self::Length(head.len() + length.parse::<usize>().ok()?),
            (None, Some(_)) => Self::LastChunk,
            (None, None) => Self::Close,
        })
    }

    fn is_reached(self, answer: &[u8]) -> bool {
        match self {
            Self::Length(length) => answer.len() >= length,
            Self::LastChunk => answer.ends_with(b"\r\n0\r\n\r\n"),
            Self::Close => false,
        }
    }
}

/// Whether the server closes after this answer.
fn closes(answer: &[u8]) -> bool {
    let Some(head) = head(answer) else { return true };
    let says = |value| field(head, "connection").is_some_and(|it| it.eq_ignore_ascii_case(value));
    says("close") || (head.starts_with("HTTP/1.0") && !says("keep-alive"))
}

fn head(answer: &[u8]) -> Option<&str> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    std::str::from_utf8(&answer[..end]).ok()
}

fn field<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then_some(value.trim())
    })
}

/// All of these connections ask, then all are answered, again and again, for so long: how many answers.
pub(super) fn waves(connections: &mut [Kept], time: Duration) -> io::Result<u64> {
    let end = Instant::now() + time;
    let mut answered = 0;
    while Instant::now() < end {
        connections.iter_mut().try_for_each(Kept::ask)?;
        let mut waiting: Vec<&mut Kept> = connections.iter_mut().collect();
        while !waiting.is_empty() {
            receive_what_comes(&mut waiting)?;
        }
        answered += connections.len() as u64;
    }
    Ok(answered)
}

/// Sleeps until there is an answer, whichever it is. Who waited for one of them would be woken early
/// by a server that happens to make it first, and late by one that makes it last.
fn receive_what_comes(waiting: &mut Vec<&mut Kept>) -> io::Result<()> {
    let has_come = {
        let mut sockets: Vec<_> =
            waiting.iter().map(|kept| PollFd::new(&kept.stream, PollFlags::IN)).collect();
        let patience = Timespec::try_from(PATIENCE).map_err(io::Error::other)?;
        if poll(&mut sockets, Some(&patience))? == 0 {
            return Err(ErrorKind::TimedOut.into());
        }
        sockets.iter().map(|socket| !socket.revents().is_empty()).collect::<Vec<_>>()
    };
    let (mut has_come, mut outcome) = (has_come.into_iter(), Ok(()));
    waiting.retain_mut(|kept| {
        let comes = has_come.next() == Some(true);
        if comes && outcome.is_ok() {
            outcome = kept.receive();
        }
        !comes
    });
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &str, end: Option<End>, closed: bool) {
        assert_eq!((End::of(answer.as_bytes()), closes(answer.as_bytes())), (end, closed));
    }

    #[test]
    fn the_end_of_an_answer_is_found() {
        check("HTTP/1.1 200 OK\r\nContent-Le", None, true);
        check("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", Some(End::Length(43)), false);
        check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Some(End::LastChunk), false);
        check("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", Some(End::Close), true);
        check("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", Some(End::Length(38)), true);
        assert!(End::LastChunk.is_reached(b"\r\n\r\n2\r\nab\r\n0\r\n\r\n"));
        assert!(!End::LastChunk.is_reached(b"\r\n\r\n2\r\nab\r\n0\r\n"));
        assert!(is_whole(b"HTTP/1.1 404 Not Found\r\n\r\n").is_err());
    }
}
