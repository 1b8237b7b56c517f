//! A client that sends whatever bytes it is given and reads responses with a
//! few lines of its own: what is tested must not test itself.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// No test waits longer than this for a byte.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// A response, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) content: Vec<u8>,
}

impl Answer {
    /// The value of the only field of this name.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self
            .fields
            .iter()
            .filter(|(seen, _)| seen.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "a second {name} in\n{}", self.head);
        value
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }

    /// Whether the server says that it will close the connection.
    pub(crate) fn closes(&self) -> bool {
        self.field("connection").is_some_and(|options| options.eq_ignore_ascii_case("close"))
    }
}

impl Client {
    #[track_caller]
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&address, DEADLINE).expect("the server listens");
        stream.set_read_timeout(Some(DEADLINE)).expect("a deadline for reading");
        stream.set_write_timeout(Some(DEADLINE)).expect("a deadline for writing");
        stream.set_nodelay(true).expect("every write is a packet");
        Client { stream, unread: Vec::new() }
    }

    /// Sends `bytes`; `false` if the server does not take them any more.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> bool {
        match self.stream.write_all(bytes) {
            Ok(()) => true,
            Err(error)
                if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) =>
            {
                false
            }
            Err(error) => panic!("cannot send: {error}"),
        }
    }

    #[track_caller]
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        assert!(self.try_send(bytes.as_ref()), "the server closed the connection early");
    }

    /// Sends `bytes` in pieces of `size`, each in a packet of its own.
    pub(crate) fn send_in_pieces(&mut self, bytes: &[u8], size: usize) {
        for piece in bytes.chunks(size) {
            if !self.try_send(piece) {
                return;
            }
        }
    }

    /// Ends our side; the server may still answer.
    #[track_caller]
    pub(crate) fn finish(&mut self) {
        self.stream.shutdown(Shutdown::Write).expect("the connection is open");
    }

    /// Waits for the server for as long as `patience`, and says whether it sent
    /// anything or ended the connection. This is how a test lets time pass.
    #[track_caller]
    pub(crate) fn hears_within(&mut self, patience: Duration) -> bool {
        self.stream.set_read_timeout(Some(patience)).expect("a deadline for reading");
        let mut byte = [0];
        let heard = match self.stream.peek(&mut byte) {
            Ok(_) => true,
            Err(error) if is_timeout(&error) => false,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => true,
            Err(error) => panic!("the connection broke: {error}"),
        };
        self.stream.set_read_timeout(Some(DEADLINE)).expect("a deadline for reading");
        heard
    }

    /// Reads a response to GET.
    #[track_caller]
    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_to("GET")
    }

    /// Reads a response to `method`, which decides whether content follows.
    #[track_caller]
    pub(crate) fn answer_to(&mut self, method: &str) -> Answer {
        self.next(method).expect("a response, not the end of the connection")
    }

    /// Reads the next final response; `None` when there is none and the server
    /// has closed the connection. Interim ones are read over.
    #[track_caller]
    pub(crate) fn next(&mut self, method: &str) -> Option<Answer> {
        loop {
            let answer = self.next_of_any_kind(method)?;
            if answer.status >= 200 {
                return Some(answer);
            }
        }
    }

    /// Reads the next response, an interim one as well.
    #[track_caller]
    pub(crate) fn next_of_any_kind(&mut self, method: &str) -> Option<Answer> {
        let head = self.head()?;
        let mut lines = head.split("\r\n");
        let status_line = lines.next().unwrap_or_default();
        assert!(status_line.starts_with("HTTP/1.1 "), "not a response of HTTP/1.1:\n{head}");
        let status: u16 = status_line[9..12].parse().expect("a status code");
        let fields: Vec<_> = lines
            .take_while(|line| !line.is_empty())
            .map(|line| {
                line.split_once(':').unwrap_or_else(|| panic!("a field line without colon: {line}"))
            })
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer { status, head, fields, content: Vec::new() };
        let without = method == "HEAD" || status < 200 || status == 204 || status == 304;
        if !without {
            answer.content =
                match (answer.field("content-length"), answer.field("transfer-encoding")) {
                    (Some(length), None) => self.exactly(length.parse().expect("a length")),
                    (None, Some("chunked")) => self.chunks(),
                    (None, None) => self.until_close(),
                    both => panic!("a response with the lengths {both:?}:\n{}", answer.head),
                };
        }
        Some(answer)
    }

    /// Asserts that the server sends nothing more and closes; then we close too.
    #[track_caller]
    pub(crate) fn expect_close(mut self) {
        let rest = self.until_close();
        assert!(
            rest.is_empty(),
            "after the last response came\n{}",
            String::from_utf8_lossy(&rest)
        );
    }

    /// Asserts that the server has ended the connection without a word. A
    /// reset will do: that is what a server sends that closes while bytes are
    /// on their way to it.
    #[track_caller]
    pub(crate) fn expect_end(mut self) {
        match self.stream.read(&mut [0]) {
            Ok(0) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("not the end of the connection: {other:?}"),
        }
    }

    /// The bytes that have come, or come next.
    #[track_caller]
    pub(crate) fn some_bytes(&mut self) -> Vec<u8> {
        if self.unread.is_empty() {
            self.fill();
        }
        std::mem::take(&mut self.unread)
    }

    /// Everything until the server closes.
    #[track_caller]
    pub(crate) fn until_close(&mut self) -> Vec<u8> {
        while self.fill() > 0 {}
        std::mem::take(&mut self.unread)
    }

    /// Everything until the server resets the connection. An end that looks like
    /// that of a whole answer will not do.
    #[track_caller]
    pub(crate) fn until_reset(&mut self) -> Vec<u8> {
        let mut piece = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut piece) {
                Ok(length) => {
                    assert!(length > 0, "the connection ended as if all had been sent");
                    self.unread.extend_from_slice(&piece[..length]);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                    return std::mem::take(&mut self.unread);
                }
                Err(error) => panic!("not a reset: {error}"),
            }
        }
    }

    #[track_caller]
    fn head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                let head: Vec<u8> = self.unread.drain(..end + 4).collect();
                return Some(head.into_iter().map(char::from).collect());
            }
            if self.fill() == 0 {
                let rest = String::from_utf8_lossy(&self.unread);
                assert!(rest.is_empty(), "the connection ended inside a head:\n{rest}");
                return None;
            }
        }
    }

    #[track_caller]
    fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length {
            assert!(self.fill() > 0, "the connection ended inside the content");
        }
        self.unread.drain(..length).collect()
    }

    #[track_caller]
    fn chunks(&mut self) -> Vec<u8> {
        let mut content = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = self.unread.windows(2).position(|window| window == b"\r\n") {
                    break end;
                }
                assert!(self.fill() > 0, "the connection ended inside a chunk size");
            };
            let line = self.exactly(end + 2);
            let size = std::str::from_utf8(&line[..end]).expect("a chunk size in ASCII");
            let size = usize::from_str_radix(size, 16).expect("a chunk size without extensions");
            content.extend(self.exactly(size));
            assert_eq!(self.exactly(2), b"\r\n", "the end of a chunk");
            if size == 0 {
                return content;
            }
        }
    }

    /// Waits for more bytes; 0 when the server has closed the connection.
    #[track_caller]
    fn fill(&mut self) -> usize {
        let mut piece = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut piece) {
                Ok(length) => {
                    self.unread.extend_from_slice(&piece[..length]);
                    return length;
                }
                // Where the server in this process starts others, they end.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => {
                    panic!(
                        "no byte and no end within {DEADLINE:?}; so far: {}",
                        String::from_utf8_lossy(&self.unread)
                    )
                }
                Err(error) => panic!("the connection broke: {error}"),
            }
        }
    }
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
