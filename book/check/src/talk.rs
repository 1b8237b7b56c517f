//! A client that sends any bytes at all, and says how the connection ended.
//!
//! *Strategy*: probes and the hostile set must send what no proper client sends, so this one knows
//! nothing of HTTP but where a head ends. Every wait has a deadline.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long an answer may take before it is given up.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// What came back, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// All that was received.
    pub bytes: Vec<u8>,
    /// How it ended.
    pub end: End,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The server closed it in an orderly way.
    Closed,
    /// The server reset it: bytes that were on their way may be lost.
    Reset,
    /// Nothing more came within the deadline.
    Silence,
    /// The client went away and did not wait for an answer.
    NotAwaited,
}

impl Answer {
    /// What a client has that did not wait.
    #[must_use]
    pub fn not_awaited() -> Self {
        Self { bytes: Vec::new(), end: End::NotAwaited }
    }

    /// The status code, if there is a status line.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        let line = self.bytes.split(|&byte| byte == b'\n').next()?;
        let line = std::str::from_utf8(line).ok()?;
        line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.trim().parse().ok()
    }

    /// The value of the first field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(&self.bytes[..self.head_end()]).into_owned();
        let mut fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let (_, value) = fields.find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        Some(value.trim().to_owned())
    }

    /// What follows the head.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.head_end()..]
    }

    /// Whether `text` is somewhere in the body.
    #[must_use]
    pub fn body_holds(&self, text: &str) -> bool {
        self.body().windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// A few words: `200, closed`, `nothing, reset`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let what = match (self.status(), self.bytes.len()) {
            (Some(status), _) => status.to_string(),
            (None, 0) => "nothing".to_owned(),
            (None, length) => format!("{length} bytes"),
        };
        let end = match self.end {
            End::Closed => "closed",
            End::Reset => "reset",
            End::Silence => "kept open",
            End::NotAwaited if self.bytes.is_empty() => return "not awaited".to_owned(),
            End::NotAwaited => "left",
        };
        format!("{what}, {end}")
    }

    fn head_end(&self) -> usize {
        let end = self.bytes.windows(4).position(|window| window == b"\r\n\r\n");
        end.map_or(self.bytes.len(), |at| at + 4)
    }
}

/// A connection to a server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
}

impl Connection {
    /// Connects to `address`.
    ///
    /// # Errors
    /// When nobody listens there, or the server's queue is full until the deadline.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, DEADLINE)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(DEADLINE))?;
        Ok(Self { stream })
    }

    /// Sends `bytes`, as far as the server takes them: one that refuses a request may close before
    /// it has read the whole of it.
    pub fn send(&mut self, bytes: &[u8]) {
        // Whatever went wrong shows in what is received.
        let _ = self.stream.write_all(bytes);
    }

    /// Says that nothing more will be sent.
    pub fn end_sending(&self) {
        // The server may have closed already.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Closes at once with a reset, as a client that crashed.
    ///
    /// # Errors
    /// When the system refuses the option.
    pub fn reset(self) -> io::Result<()> {
        socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))
    }

    /// Receives until the server closes, or until `deadline`.
    pub fn receive(&mut self, deadline: Duration) -> Answer {
        self.receive_until(deadline, |_| false)
    }

    /// Receives until the end of a head.
    pub fn receive_head(&mut self) -> Answer {
        self.receive_until(DEADLINE, |bytes| bytes.windows(4).any(|window| window == b"\r\n\r\n"))
    }

    fn receive_until(&mut self, deadline: Duration, is_whole: impl Fn(&[u8]) -> bool) -> Answer {
        let end = Instant::now() + deadline;
        let mut bytes = Vec::new();
        let mut buffer = [0; 16 * 1024];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if is_whole(&bytes) || left.is_zero() {
                return Answer { bytes, end: End::Silence };
            }
            // A deadline of zero would mean none.
            let _ = self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))));
            match self.stream.read(&mut buffer) {
                Ok(0) => return Answer { bytes, end: End::Closed },
                Ok(n) => bytes.extend(&buffer[..n]),
                Err(error) if is_timeout(&error) => {}
                Err(_) => return Answer { bytes, end: End::Reset },
            }
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// One request on a connection of its own, and all that comes back.
///
/// # Errors
/// When nobody listens.
pub fn ask(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let mut connection = Connection::open(address)?;
    connection.send(request);
    Ok(connection.receive(DEADLINE))
}

/// A proper request for `target`, the last on its connection.
#[must_use]
pub fn request(method: &str, target: &str, address: SocketAddr) -> Vec<u8> {
    format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let answer = Answer { bytes: bytes.to_vec(), end: End::Closed };
        let seen = format!(
            "{:?} {:?} {:?} {}",
            answer.status(),
            answer.field("content-type"),
            String::from_utf8_lossy(answer.body()),
            answer.in_words()
        );
        assert_eq!(seen, expected);
    }

    #[test]
    fn answers_are_taken_apart() {
        check(
            b"HTTP/1.1 200 OK\r\nContent-Type: a\r\n\r\nbody",
            r#"Some(200) Some("a") "body" 200, closed"#,
        );
        check(b"HTTP/1.0 404 Not Found\r\n\r\n", r#"Some(404) None "" 404, closed"#);
        check(b"hello", r#"None None "" 5 bytes, closed"#);
        check(b"", r#"None None "" nothing, closed"#);
    }
}
