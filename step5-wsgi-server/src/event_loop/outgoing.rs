//! A response on its way out, as fast as the client takes it.
//!
//! Chapter 6 · RFC 9112 §6
//!
//! *Strategy*: first the bytes that are there (the head, and small content
//! behind it: one write), then the source of the rest. A source is asked for
//! more only when the socket has taken everything before, so a slow client
//! costs one buffer and no thread. What the socket does not take now is kept
//! until the poller says that it does.
//!
//! ```text
//!   bytes ──────────► pushed ──────────────► source ──────────► done
//!   head, content     what `write()` left    file, bytes, stream
//! ```

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use step1_http_basics::framing::Framing;
use step1_http_basics::handler::Body;
use step1_http_basics::limits::Pace;
use step1_http_basics::{Recording, read_exact_at};

use super::socket::{Follows, Socket};
use crate::push::{Begun, Pushed};
use crate::responder::Keep;
use crate::stream::Stream;

/// Content up to this size is copied behind the head, and leaves with it.
const SMALL: usize = 32 * 1024;
/// Room for most heads, and for short content: so a new buffer grows once.
const ROOM: usize = 1024;
/// The most that a file may take of one turn: the others wait meanwhile.
const TURN: usize = 1024 * 1024;

/// What came of an attempt to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pumped {
    /// All of it is on its way.
    Done,
    /// The socket takes no more now.
    Blocked,
    /// The socket would take more, but it is somebody else's turn.
    Yields,
    /// The stream has to be asked for its next piece.
    NeedsPiece,
}

/// A response on its way out.
#[derive(Default)]
pub(crate) struct Outgoing {
    /// What leaves first.
    pub(crate) bytes: Vec<u8>,
    at: usize,
    pub(crate) pushed: Option<Arc<Pushed>>,
    pub(crate) source: Source,
    /// The head of a stream waits for the first piece, to leave with it.
    pub(crate) head_waits: bool,
    /// The stream makes nobody wait, so it needs no thread.
    pub(crate) is_at_hand: bool,
    /// What has to live until all has left.
    pub(crate) keep: Keep,
    /// Bytes of content, as far as they are known to be sent.
    pub(crate) sent: u64,
    moved: u64,
}

/// Where the rest of a response comes from.
#[derive(Debug, Default)]
pub(crate) enum Source {
    #[default]
    Nothing,
    Bytes(Bytes),
    File {
        file: Arc<File>,
        range: Range<u64>,
    },
    Stream(Stream),
}

impl Source {
    /// What makes content that is not to be sent.
    pub(crate) fn of(body: Body) -> Self {
        match body {
            Body::Stream(reader) => Source::Stream(Stream::new(reader, Framing::None, 0)),
            _ => Source::Nothing,
        }
    }

    fn is_over(&self) -> bool {
        match self {
            Source::Nothing => true,
            Source::Bytes(content) => content.is_empty(),
            Source::File { range, .. } => range.is_empty(),
            Source::Stream(stream) => stream.has_ended(),
        }
    }
}

impl Outgoing {
    /// Prepares the content behind the head that is in `bytes`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn follow(&mut self, body: Body, framing: Framing) -> io::Result<()> {
        self.source = match body {
            Body::Empty => Source::Nothing,
            Body::Bytes(content) => {
                self.sent += content.len() as u64;
                if content.len() <= SMALL {
                    self.bytes.extend_from_slice(&content);
                    Source::Nothing
                } else {
                    Source::Bytes(content)
                }
            }
            Body::File { file, range } => {
                let length = range.end.saturating_sub(range.start);
                self.sent += length;
                if length <= SMALL as u64 {
                    self.copy_behind(&file, range)?;
                    Source::Nothing
                } else {
                    Source::File { file, range }
                }
            }
            Body::Stream(reader) => {
                self.head_waits = true;
                Source::Stream(Stream::new(reader, framing, 0))
            }
        };
        Ok(())
    }

    /// Goes on with a response that was begun by `write()`.
    pub(crate) fn go_on(&mut self, begun: &Begun, body: Body) {
        self.pushed = Some(Arc::clone(&begun.pushed));
        self.sent = begun.sent;
        let reader: Box<dyn Read + Send> = match body {
            Body::Stream(reader) => reader,
            Body::Bytes(content) => Box::new(io::Cursor::new(content)),
            Body::Empty | Body::File { .. } => Box::new(io::empty()),
        };
        self.source = match begun.rest_framing() {
            Framing::None => Source::Nothing,
            framing => Source::Stream(Stream::new(reader, framing, begun.sent)),
        };
    }

    /// The source, which is taken away.
    pub(crate) fn take_source(&mut self) -> Source {
        std::mem::take(&mut self.source)
    }

    /// Makes the next piece of the stream, here and now.
    ///
    /// # Errors
    /// When the stream fails, or does not keep its promise.
    pub(crate) fn next_piece(&mut self) -> io::Result<()> {
        if let Source::Stream(stream) = &mut self.source {
            self.sent += stream.next_piece(&mut self.bytes)?;
        }
        self.head_waits = false;
        Ok(())
    }

    /// Whether all of it is in the buffer, ready to leave.
    pub(crate) fn is_complete(&self) -> bool {
        self.pushed.is_none() && matches!(self.source, Source::Nothing)
    }

    // ANCHOR: pump
    /// Sends as much as the socket takes now.
    ///
    /// # Errors
    /// When the client is gone, or the source cannot keep its promise.
    pub(crate) fn pump(
        &mut self,
        socket: &Socket,
        mut recording: Option<&mut Recording>,
    ) -> io::Result<Pumped> {
        let mut turn = 0;
        if self.head_waits {
            return Ok(Pumped::NeedsPiece);
        }
        while !self.has_left() {
            if turn >= TURN {
                return Ok(Pumped::Yields);
            }
            let sent = if self.at < self.bytes.len() {
                self.send_bytes(socket, recording.as_deref_mut())?
            } else if let Some(pushed) = &self.pushed {
                match pushed.drain(socket, recording.as_deref_mut())? {
                    Some(0) => {
                        self.pushed = None;
                        continue;
                    }
                    sent => sent,
                }
            } else if let Source::Stream(_) = self.source {
                return Ok(Pumped::NeedsPiece);
            } else {
                self.send_source(socket, recording.as_deref_mut())?
            };
            let Some(sent) = sent else { return Ok(Pumped::Blocked) };
            self.moved += sent as u64;
            turn += sent;
        }
        Ok(Pumped::Done)
    }
    // ANCHOR_END: pump

    /// Puts another phrase behind the status code.
    pub(crate) fn set_reason(&mut self, reason: &[u8]) {
        const BEFORE: usize = "HTTP/1.1 200 ".len();
        if let Some(end) = self.bytes.iter().position(|&byte| byte == b'\r') {
            self.bytes.splice(BEFORE..end, reason.iter().copied());
        }
    }

    /// How long the client may take nothing; `None` if it is too slow already.
    pub(crate) fn patience(
        &self,
        pace: &Pace,
        began: Instant,
        now: Instant,
    ) -> Option<std::time::Duration> {
        pace.remaining(self.moved, now.saturating_duration_since(began))
    }

    /// Whether only the end of the connection ends the content.
    pub(crate) fn ends_with_the_connection(&self) -> bool {
        matches!(&self.source, Source::Stream(stream) if stream.framing() == Framing::UntilClose)
    }

    /// A buffer that is empty again, with room for a head, and not much more than
    /// small content needs.
    pub(crate) fn reuse(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(2 * SMALL);
        self.bytes.reserve(ROOM);
        (self.at, self.sent, self.moved) = (0, 0, 0);
        (self.pushed, self.head_waits, self.is_at_hand) = (None, false, false);
    }

    fn has_left(&self) -> bool {
        self.at == self.bytes.len() && self.pushed.is_none() && self.source.is_over()
    }

    fn send_bytes(
        &mut self,
        socket: &Socket,
        recording: Option<&mut Recording>,
    ) -> io::Result<Option<usize>> {
        let follows = match self.source {
            Source::File { .. } | Source::Bytes(_) if !self.source.is_over() => Follows::More,
            _ => Follows::Nothing,
        };
        let sent = socket.send(&self.bytes[self.at..], follows)?;
        if let Some(sent) = sent {
            if let Some(recording) = recording {
                recording.keep_sent(&self.bytes[self.at..self.at + sent]);
            }
            self.at += sent;
            if self.at == self.bytes.len() {
                self.bytes.clear();
                self.at = 0;
            }
        }
        Ok(sent)
    }

    fn send_source(
        &mut self,
        socket: &Socket,
        recording: Option<&mut Recording>,
    ) -> io::Result<Option<usize>> {
        match &mut self.source {
            // The pump has looked for these.
            Source::Nothing | Source::Stream(_) => Ok(Some(0)),
            Source::Bytes(content) => {
                let sent = socket.send(content, Follows::Nothing)?;
                let sent_now = content.split_to(sent.unwrap_or(0));
                if let Some(recording) = recording {
                    recording.keep_sent(&sent_now);
                }
                Ok(sent)
            }
            Source::File { file, range } if recording.is_some() => {
                // The x-ray wants to see the bytes, so they come by here.
                let (file, start) = (Arc::clone(file), range.start);
                range.start = range.end.min(start + SMALL as u64);
                let range = start..range.start;
                self.copy_behind(&file, range)?;
                Ok(Some(0))
            }
            Source::File { file, range } => {
                let most = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
                match socket.send_file(file, &mut range.start, most.min(TURN))? {
                    Some(0) => Err(io::Error::new(ErrorKind::UnexpectedEof, "the file has shrunk")),
                    sent => Ok(sent),
                }
            }
        }
    }

    fn copy_behind(&mut self, file: &File, range: Range<u64>) -> io::Result<()> {
        let at = self.bytes.len();
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(0);
        self.bytes.resize(at + length, 0);
        read_exact_at(file, &mut self.bytes[at..], range.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    /// The x-ray copies a file piece by piece. If the system were told of the last
    /// one that more follows, it would wait for that for 200 ms.
    #[test]
    fn the_last_bytes_of_a_file_that_is_recorded_wait_for_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let (server, _) = listener.accept().unwrap();
        server.set_nonblocking(true).unwrap();
        let (file, length) = (tempfile::tempfile().unwrap(), 2 * SMALL as u64 + 1);
        file.set_len(length).unwrap();
        let mut outgoing = Outgoing::default();
        let body = Body::File { file: Arc::new(file), range: 0..length };
        outgoing.follow(body, Framing::Length(length)).unwrap();
        let socket = Socket::new(server.into());
        let pumped = outgoing.pump(&socket, Some(&mut Recording::default()));
        assert_eq!(pumped.unwrap(), Pumped::Done);
        client.read_exact(&mut vec![0; 2 * SMALL + 1]).unwrap();
    }
}
