//! One request as the application sees it: stdin, stdout and stderr.
//!
//! Chapter 4 · FastCGI specification §5.3, §5.4, §5.5
//!
//! *Strategy*: three streams share one connection, and one thread uses them:
//! they borrow the exchange in turn. Output is gathered and leaves when there
//! is much of it, when the application flushes, and at the end, where the last
//! output and the end of the request leave in one write.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Read, Write};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Application;
use super::connection::Connection;
use crate::fastcgi::incoming::Found;
use crate::fastcgi::record::{EndRequest, Kind, ProtocolStatus, Record, encode_stream, end_stream};
use crate::program::{Call, Variables};

/// Output is sent when there is so much of it.
const ENOUGH: usize = 32 * 1024;

/// How far stdin was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stdin {
    /// More of it may come.
    Comes,
    /// To its end: nothing of the request is left on the connection.
    Ended,
    /// The server wants no answer any more.
    Aborted,
}

pub(super) struct Exchange<'c> {
    connection: &'c mut Connection,
    id: u16,
    /// What has come of stdin and was not read.
    unread: Range<usize>,
    stdin: Stdin,
    /// The last that was written, and whether to stdout or to stderr.
    output: Vec<u8>,
    kind: Kind,
    /// Records that are ready to be sent.
    records: Vec<u8>,
    has_stderr: bool,
    /// Why stdin cannot be read on: then the connection is of no use either.
    broken: Option<io::Error>,
}

impl<'c> Exchange<'c> {
    pub(super) fn new(connection: &'c mut Connection, id: u16) -> Self {
        Exchange {
            connection,
            id,
            unread: 0..0,
            stdin: Stdin::Comes,
            output: Vec::new(),
            kind: Kind::Stdout,
            records: Vec::new(),
            has_stderr: false,
            broken: None,
        }
    }

    /// Calls the application, and ends the request.
    pub(super) fn run(
        self,
        application: &Application<'_>,
        variables: &Variables,
    ) -> io::Result<Stdin> {
        let exchange = RefCell::new(self);
        let [mut stdin, mut stdout, mut stderr] =
            [Kind::Stdin, Kind::Stdout, Kind::Stderr].map(|kind| Stream(&exchange, kind));
        let answered = catch_unwind(AssertUnwindSafe(|| {
            application(&mut Call {
                variables,
                stdin: &mut stdin,
                stdout: &mut stdout,
                stderr: &mut stderr,
            })
        }));
        let fault = match answered {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the application panicked".to_owned()),
        };
        if let Some(fault) = &fault {
            let _ = writeln!(stderr, "{fault}");
        }
        exchange.into_inner().end(u32::from(fault.is_some()))
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.unread.is_empty() && self.stdin == Stdin::Comes && !out.is_empty() {
            let next = self.connection.next(self.connection.limits.stall);
            if let Err(error) = next.and_then(|found| self.take(&found)) {
                let told = io::Error::new(error.kind(), error.to_string());
                self.broken = Some(error);
                return Err(told);
            }
        }
        if self.stdin == Stdin::Aborted {
            return Err(aborted());
        }
        let length = out.len().min(self.unread.len());
        let piece = self.unread.start..self.unread.start + length;
        out[..length].copy_from_slice(self.connection.incoming.content(piece));
        self.unread.start += length;
        Ok(length)
    }

    fn take(&mut self, found: &Found) -> io::Result<()> {
        match found.kind {
            Kind::Stdin if found.request_id == self.id && self.stdin == Stdin::Comes => {
                self.unread = found.content.clone();
                if self.unread.is_empty() {
                    self.stdin = Stdin::Ended;
                }
            }
            Kind::AbortRequest if found.request_id == self.id => self.stdin = Stdin::Aborted,
            _ => self.connection.answer_other(self.id, found)?,
        }
        Ok(())
    }

    /// What was written before, to either of them, comes before.
    fn write(&mut self, kind: Kind, data: &[u8]) -> io::Result<usize> {
        let data = &data[..data.len().min(ENOUGH)];
        if self.kind != kind {
            self.gather();
            self.kind = kind;
        }
        self.has_stderr |= kind == Kind::Stderr;
        self.output.extend_from_slice(data);
        if self.output.len() + self.records.len() >= ENOUGH {
            self.flush()?;
        }
        Ok(data.len())
    }

    /// Sends what was written, if the server still wants it.
    fn flush(&mut self) -> io::Result<()> {
        self.gather();
        if self.records.is_empty() {
            return Ok(());
        }
        self.look_for_abort()?;
        self.connection.socket.send_all(&self.records)?;
        self.records.clear();
        Ok(())
    }

    fn gather(&mut self) {
        encode_stream(self.kind, self.id, &self.output, &mut self.records);
        self.output.clear();
    }

    /// When all of stdin has come, what comes then is about the request.
    fn look_for_abort(&mut self) -> io::Result<()> {
        while self.stdin == Stdin::Ended {
            if let Some(found) = self.connection.incoming.next().map_err(io::Error::other)? {
                self.take(&found)?;
                continue;
            }
            let room = self.connection.incoming.room();
            match self.connection.socket.receive_now(room)? {
                None => return Ok(()),
                Some(0) => self.stdin = Stdin::Aborted,
                Some(length) => self.connection.incoming.received(length),
            }
        }
        if self.stdin == Stdin::Aborted { Err(aborted()) } else { Ok(()) }
    }

    // ANCHOR: end
    /// The end of both output streams and of the request, in one write.
    fn end(mut self, app_status: u32) -> io::Result<Stdin> {
        self.gather();
        end_stream(Kind::Stdout, self.id, &mut self.records);
        if self.has_stderr {
            end_stream(Kind::Stderr, self.id, &mut self.records);
        }
        let protocol_status = ProtocolStatus::RequestComplete;
        let content = EndRequest { app_status, protocol_status }.content();
        Record { kind: Kind::EndRequest, request_id: self.id, content: &content }
            .encode(&mut self.records);
        self.connection.socket.send_all(&self.records)?;
        self.broken.map_or(Ok(self.stdin), Err)
    }
    // ANCHOR_END: end
}

fn aborted() -> io::Error {
    io::Error::new(ErrorKind::ConnectionAborted, "the server wants no answer any more")
}

/// One of the three streams. What is written to it becomes records of its kind.
struct Stream<'e, 'c>(&'e RefCell<Exchange<'c>>, Kind);

impl Read for Stream<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(out)
    }
}

impl Write for Stream<'_, '_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(self.1, data)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}
