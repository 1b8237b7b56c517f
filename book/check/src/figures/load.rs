//! The client of the figures: it asks, waits for the whole answer, and counts.

use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

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

/// A connection that stays open.
pub(super) struct Kept {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Kept {
    pub(super) fn open(address: SocketAddr) -> io::Result<Self> {
        Self::open_for(address, PATH)
    }

    /// A connection on which something else is asked for.
    pub(super) fn open_for(address: SocketAddr, path: &str) -> io::Result<Self> {
        let request = request(address, path, "");
        Ok(Self { stream: connect(address)?, request, answer: Vec::new() })
    }

    pub(super) fn ask(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.request)
    }

    /// Waits for the whole of the answer, as its Content-Length has it.
    pub(super) fn receive(&mut self) -> io::Result<()> {
        self.answer.clear();
        let mut piece = [0; 4096];
        loop {
            if let Some(length) = length(&self.answer)
                && self.answer.len() >= length
            {
                return is_whole(&self.answer);
            }
            match self.stream.read(&mut piece)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                length => self.answer.extend_from_slice(&piece[..length]),
            }
        }
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

/// The length of the whole answer, once its head is there.
fn length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&answer[..head]);
    let value = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    })?;
    Some(head + value.trim().parse::<usize>().ok()?)
}

/// All of these connections ask, then all wait, again and again, for so long: how many answers.
pub(super) fn waves(connections: &mut [Kept], time: Duration) -> io::Result<u64> {
    let end = Instant::now() + time;
    let mut answered = 0;
    while Instant::now() < end {
        connections.iter_mut().try_for_each(Kept::ask)?;
        connections.iter_mut().try_for_each(Kept::receive)?;
        answered += connections.len() as u64;
    }
    Ok(answered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_answer_is_found() {
        assert_eq!(length(b"HTTP/1.1 200 OK\r\nContent-Le"), None);
        assert_eq!(length(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"), Some(43));
        assert!(is_whole(b"HTTP/1.1 404 Not Found\r\n\r\n").is_err());
    }
}
