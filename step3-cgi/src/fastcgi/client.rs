//! One request to a FastCGI application, and its output.
//!
//! Chapter 4 · FastCGI specification §3.3, §5
//!
//! *Strategy*: a small request leaves in one write: its beginning, its
//! variables and its content, each as records. Larger content follows piece by
//! piece, and whatever the application says meanwhile is taken and kept: if
//! each side waited for the other to read, both would wait for ever. Then the
//! output is read as it comes. A connection whose request ended well goes back
//! to the backend; in any other case it is closed, which is how an application
//! learns that nobody wants its answer.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use step1_http_basics::presence::{Presence, Sight};

use super::backend::Backend;
use super::fault::Fault;
use super::lease::{Lease, WAITS};
use super::record::{
    self, EndRequest, Kind, ProtocolStatus, STREAM_CONTENT, encode_stream, end_stream,
};
use super::script::Script;
use super::xray::{Way, describe};
use crate::error_lines::ErrorLines;
use crate::spool::Spool;

/// One request a connection at a time: so they all have the same number.
pub(super) const REQUEST_ID: u16 = 1;
/// Output that comes before the content has been sent: so much of it is kept
/// in memory.
const HELD_IN_MEMORY: usize = 64 * 1024;
/// While an application keeps silent, the client is looked at so often.
const LOOK: Duration = Duration::from_secs(1);

/// A request as it is sent.
pub(super) struct Outgoing<'r> {
    /// The records up to the end of the variables, and of the content as much
    /// as was there.
    pub(super) first: Arc<Vec<u8>>,
    /// The content that is not in `first`; `None` if `first` is all.
    pub(super) rest: Option<&'r mut dyn Read>,
    /// Whether it does no harm if the application gets it twice.
    /// [RFC 9110 §9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)
    pub(super) is_idempotent: bool,
    /// Whether somebody waits for the answer.
    pub(super) client: Presence,
    /// Told of every record, in words.
    pub(super) observer: Option<fn(&str)>,
}

/// The output of an application, as it comes.
pub(super) struct Output {
    /// `None` once the request has ended.
    lease: Option<Lease>,
    timeout: Duration,
    /// By then the head of the answer must have come, or its next piece.
    until: Instant,
    /// Output that came while content was sent.
    held: Spool,
    /// So much of it at most: it must not fill the disk.
    most_held: u64,
    /// Output among the incoming bytes.
    unread: Range<usize>,
    all_was_sent: bool,
    client: Presence,
    /// When the client was looked at while content was sent.
    looked: Instant,
    complaints: ErrorLines<Script>,
    observer: Option<fn(&str)>,
}

// ANCHOR: ask
/// Sends a request and waits for the first bytes of its answer.
pub(super) fn ask(
    backend: &Arc<Backend>,
    script: Script,
    mut request: Outgoing<'_>,
) -> Result<Output, Fault> {
    let is_once = !request.is_idempotent || request.rest.is_some();
    let mut lease = backend.take((!is_once).then_some(&request.first))?;
    if is_once && lease.is_reused && lease.link().socket.is_stale() {
        lease = lease.reopen()?;
    }
    let mut output = Output::new(lease, script, &request);
    match output.begin(&request) {
        // It was closed while it was kept: the application has seen nothing of
        // the request, or a part of it that it could not answer.
        Err(Failed::Unseen(_)) if output.is_reused() => {
            let lease = output.lease.take().map(Lease::reopen).transpose()?;
            output.lease = lease;
            output.begin(&request).map_err(Failed::fault)?;
        }
        begun => begun.map_err(Failed::fault)?,
    }
    if let Some(content) = request.rest.take() {
        output.send_rest(content)?;
    }
    Ok(output)
}
// ANCHOR_END: ask

/// Why a request could not be begun.
enum Failed {
    /// The connection was closed, and the same request may be sent again.
    Unseen(io::Error),
    Otherwise(Fault),
}

impl Failed {
    fn fault(self) -> Fault {
        match self {
            Failed::Unseen(error) => Fault::BrokeOff(error),
            Failed::Otherwise(fault) => fault,
        }
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Failed::Otherwise(fault)
    }
}

/// What the records that have come lead to.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Content,
    End,
    NeedsMore,
}

impl Output {
    fn new(lease: Lease, script: Script, request: &Outgoing<'_>) -> Self {
        let (options, now) = (*lease.options(), Instant::now());
        Output {
            lease: Some(lease),
            timeout: options.timeout,
            until: now + options.timeout,
            held: Spool::new(HELD_IN_MEMORY),
            most_held: options.held,
            unread: 0..0,
            all_was_sent: false,
            client: request.client.clone(),
            looked: now,
            complaints: ErrorLines::of(script),
            observer: request.observer,
        }
    }

    fn is_reused(&self) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.is_reused)
    }

    fn lease(&mut self) -> Result<&mut Lease, Fault> {
        self.lease
            .as_mut()
            .ok_or_else(|| Fault::Nonsense("something follows the end of the request".to_owned()))
    }

    /// Sends the first records; if they are all, waits for an answer.
    fn begin(&mut self, request: &Outgoing<'_>) -> Result<(), Failed> {
        self.show(&request.first);
        let sent = self.lease()?.send_first(&request.first).map_err(Failed::Unseen)?;
        self.send(&request.first[sent..])?;
        if request.rest.is_some() {
            return Ok(());
        }
        self.all_was_sent = true;
        self.until = Instant::now() + self.timeout;
        match self.receive() {
            Err(Fault::BrokeOff(error)) if request.is_idempotent => Err(Failed::Unseen(error)),
            received => Ok(received?),
        }
    }

    /// Tells the observer of records that are sent.
    fn show(&self, mut records: &[u8]) {
        let Some(observer) = self.observer else { return };
        while let Ok(Some((record, used))) = record::parse(records) {
            observer(&describe(Way::There, record.kind, record.request_id, record.content));
            records = &records[used..];
        }
    }

    /// Sends the content that is left, as long as the application wants it.
    fn send_rest(&mut self, content: &mut dyn Read) -> Result<(), Fault> {
        let mut piece = vec![0; STREAM_CONTENT];
        let mut records = Vec::with_capacity(STREAM_CONTENT + 32);
        while self.lease.is_some() {
            let length = content.read(&mut piece).map_err(|_| Fault::ClientGone)?;
            records.clear();
            if length == 0 {
                end_stream(Kind::Stdin, REQUEST_ID, &mut records);
            } else {
                encode_stream(Kind::Stdin, REQUEST_ID, &piece[..length], &mut records);
            }
            self.show(&records);
            self.send(&records)?;
            if length == 0 {
                self.all_was_sent = true;
                self.until = Instant::now() + self.timeout;
                return Ok(());
            }
        }
        Ok(())
    }

    // ANCHOR: send
    /// Sends all of `bytes`, and takes what comes while there is no room for
    /// them. An application that has ended the request needs no more of it.
    fn send(&mut self, mut bytes: &[u8]) -> Result<(), Fault> {
        let mut deadline = Instant::now() + self.timeout;
        while !bytes.is_empty() && self.lease.is_some() {
            let sent = match self.lease()?.link().socket.send_now(bytes) {
                // It reads no more; perhaps it has answered.
                Err(error) => return self.read_last_words(error),
                Ok(sent) => sent,
            };
            bytes = &bytes[sent..];
            if sent > 0 {
                deadline = Instant::now() + self.timeout;
            } else if self.is_readable_or_writable(deadline)? {
                self.hold_what_comes()?;
                deadline = Instant::now() + self.timeout;
            }
        }
        Ok(())
    }
    // ANCHOR_END: send

    /// Waits until the socket takes bytes or has some; whether it has some.
    fn is_readable_or_writable(&mut self, deadline: Instant) -> Result<bool, Fault> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Fault::TooSlow("it does not read its content".to_owned()));
            }
            let wait = Timespec::try_from(left.min(LOOK)).unwrap_or_default();
            let link = self.lease()?.link();
            let both = PollFlags::IN | PollFlags::OUT;
            let mut waits = [PollFd::from_borrowed_fd(link.socket.as_fd(), both)];
            match poll(&mut waits, Some(&wait)) {
                Ok(0) => {}
                Ok(_) => return Ok(waits[0].revents().contains(PollFlags::IN)),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(Fault::BrokeOff(error.into())),
            }
        }
    }

    fn hold_what_comes(&mut self) -> Result<(), Fault> {
        self.look_at_client()?;
        let link = self.lease()?.link();
        let room = link.incoming.room();
        match link.socket.receive_now(room)? {
            None => Ok(()),
            Some(0) => Err(Fault::BrokeOff(io::ErrorKind::UnexpectedEof.into())),
            Some(length) => {
                link.incoming.received(length);
                self.lease()?.is_answered();
                self.hold_records()
            }
        }
    }

    fn hold_records(&mut self) -> Result<(), Fault> {
        while let Step::Content = self.take_records()? {
            let content = self.unread.clone();
            self.unread = 0..0;
            if let Some(lease) = &mut self.lease {
                self.held
                    .write_all(lease.link().incoming.content(content))
                    .map_err(Fault::NoRoom)?;
            }
            if self.held.length() > self.most_held {
                return Err(Fault::Nonsense(format!(
                    "it says more than {} bytes and does not read its content",
                    self.most_held
                )));
            }
        }
        Ok(())
    }

    /// An application that talks on and on must not keep us from seeing that
    /// nobody listens.
    fn look_at_client(&mut self) -> Result<(), Fault> {
        if self.looked.elapsed() < LOOK {
            return Ok(());
        }
        self.looked = Instant::now();
        match self.client.look() {
            Sight::Gone => Err(Fault::ClientGone),
            Sight::Here | Sight::HalfClosed => Ok(()),
        }
    }

    /// The application has closed its side: an answer may have come before.
    fn read_last_words(&mut self, error: io::Error) -> Result<(), Fault> {
        self.until = Instant::now() + self.timeout;
        while self.lease.is_some() && Instant::now() < self.until {
            if self.hold_what_comes().is_err() {
                return Err(Fault::BrokeOff(error));
            }
            if self.lease.is_some() {
                self.receive().map_err(|_| Fault::BrokeOff(error.kind().into()))?;
                self.hold_records()?;
            }
        }
        Ok(())
    }

    /// Waits for bytes, and for nobody who has gone.
    fn receive(&mut self) -> Result<(), Fault> {
        let mut looked = false;
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Fault::TooSlow(format!(
                    "its answer did not get on for {} s",
                    self.timeout.as_secs_f32()
                )));
            }
            let lease = self.lease()?;
            let look = if lease.has_been_answered() || looked { LOOK } else { WAITS };
            let link = lease.link();
            let room = link.incoming.room();
            match link.socket.receive(room, left.min(look)) {
                Ok(0) => return Err(Fault::BrokeOff(io::ErrorKind::UnexpectedEof.into())),
                Ok(length) => {
                    link.incoming.received(length);
                    self.lease()?.is_answered();
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    if !std::mem::replace(&mut looked, true) && !self.lease()?.has_been_answered() {
                        self.lease()?.free_kept();
                    }
                    if self.client.look() == Sight::Gone {
                        return Err(Fault::ClientGone);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Takes records that have come, up to one with output or to the end.
    fn take_records(&mut self) -> Result<Step, Fault> {
        let Some(lease) = &mut self.lease else { return Ok(Step::End) };
        let incoming = &mut lease.link().incoming;
        loop {
            let next = incoming.next().map_err(|error| Fault::Nonsense(error.to_string()))?;
            let Some(found) = next else { return Ok(Step::NeedsMore) };
            if let Some(observer) = self.observer {
                let content = incoming.content(found.content.clone());
                observer(&describe(Way::Back, found.kind, found.request_id, content));
            }
            if found.request_id != REQUEST_ID {
                continue;
            }
            match found.kind {
                Kind::Stdout if !found.content.is_empty() => {
                    self.unread = found.content;
                    return Ok(Step::Content);
                }
                Kind::Stderr => self.complaints.take(incoming.content(found.content)),
                Kind::EndRequest => {
                    let end = EndRequest::parse(incoming.content(found.content))
                        .map_err(|error| Fault::Nonsense(error.to_string()))?;
                    return self.end(end).map(|()| Step::End);
                }
                _ => {}
            }
        }
    }

    /// The request has ended: its connection can serve another one, if nothing
    /// of this one is left on it.
    fn end(&mut self, end: EndRequest) -> Result<(), Fault> {
        let Some(mut lease) = self.lease.take() else { return Ok(()) };
        if self.all_was_sent && lease.link().incoming.is_empty() {
            lease.give_back();
        }
        match end.protocol_status {
            ProtocolStatus::RequestComplete => Ok(()),
            ProtocolStatus::Overloaded => {
                Err(Fault::Overloaded("it says that it is overloaded (FCGI_OVERLOADED)".to_owned()))
            }
            ProtocolStatus::CannotMultiplex => {
                Err(Fault::Nonsense("FCGI_CANT_MPX_CONN for the only request".to_owned()))
            }
            ProtocolStatus::UnknownRole => {
                Err(Fault::Nonsense("it is no responder (FCGI_UNKNOWN_ROLE)".to_owned()))
            }
            ProtocolStatus::Unknown(status) => {
                Err(Fault::Nonsense(format!("protocol status {status} (FastCGI §5.5)")))
            }
        }
    }

    /// Reads output that is here already; `None` if it has to be waited for.
    pub(super) fn read_now(&mut self, out: &mut [u8]) -> Result<Option<usize>, Fault> {
        if self.held.length() > 0 {
            return Ok(Some(self.held.read(out)?));
        }
        if self.unread.is_empty() {
            match self.take_records()? {
                Step::NeedsMore => return Ok(None),
                Step::End => return Ok(Some(0)),
                Step::Content => {}
            }
        }
        let length = out.len().min(self.unread.len());
        let piece = self.unread.start..self.unread.start + length;
        out[..length].copy_from_slice(self.lease()?.link().incoming.content(piece));
        self.unread.start += length;
        Ok(Some(length))
    }

    /// Reads output, and waits for it; 0 is its end.
    pub(super) fn read_some(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        loop {
            if let Some(length) = self.read_now(out)? {
                return Ok(length);
            }
            self.receive()?;
        }
    }
}

impl Read for Output {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        // The client may have taken its time with the last piece.
        self.until = Instant::now() + self.timeout;
        self.read_some(out).map_err(io::Error::other)
    }
}
