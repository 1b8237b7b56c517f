//! One request on its way to an application, and its answer on the way back.
//!
//! Chapter 6 · FastCGI specification §3.3, §5, §6.2
//!
//! *Strategy*: an errand does all that its link lets it do, and then says where it
//! stands. It sends and receives by turns, so that neither side waits for the
//! other to read. An answer that comes whole leaves whole, with its length; of any
//! other one the client gets what there is. What a slow client does not take is
//! kept for it, so that it holds no process of the application for the sake of a
//! page; when that is too much, no more is read until all of it has left.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use http::{HeaderMap, StatusCode};
use step1_http_basics::framing;
use step1_http_basics::handler::{Body, Response};
use step3_cgi::error_lines::ErrorLines;
use step3_cgi::fastcgi::backend::Options;
use step3_cgi::fastcgi::fault::Fault;
use step3_cgi::fastcgi::incoming::Came;
use step3_cgi::fastcgi::record::{Kind, REQUEST_ID, STREAM_CONTENT, encode_stream, end_stream};
use step3_cgi::fastcgi::script::Script;
use step3_cgi::response::{Reader, Reply, ResponseError, whole_body};
use step3_cgi::spool::Spool;

use super::super::slots::Key;
use super::super::socket::Follows;
use super::links::Link;
use crate::push::{Push, Pushed};
use crate::responder::{Answer, Arrived};

/// So many pieces may be sent in one turn, and so many read: then the others have
/// theirs.
const ENOUGH: usize = 16;
/// An answer that is here whole, and no longer than this, is sent in one piece.
const SHORT: usize = 256 * 1024;
/// So much is kept for a client that reads slowly: more than most pages.
const KEPT: u64 = 1024 * 1024;

/// A request that an application answers.
pub(crate) struct Errand {
    /// The connection of the client.
    pub(super) client: Key,
    pub(super) request: Arrived<'static>,
    /// How many local redirects have led to it.
    pub(super) redirects: usize,
    pub(super) backend: usize,
    pub(super) link: Option<Key>,
    /// By when it must have got on.
    pub(super) until: Instant,
    /// What is sent now, and how much of it was; what is left of the content
    /// follows.
    records: Vec<u8>,
    at: usize,
    /// `records` is all that is ever sent.
    is_short: bool,
    /// Whether the application may have seen anything of it.
    was_sent: bool,
    all_was_sent: bool,
    /// The application takes no more; perhaps it has answered.
    refuses_more: bool,
    /// The link had served another request before.
    is_link_reused: bool,
    /// Whether anything has come over the link since.
    has_heard: bool,
    complaints: ErrorLines<Script>,
    answer: Progress,
    push: Push,
    has_told: bool,
    /// The client has to take what there is of its answer first.
    is_held: bool,
}

/// How much of an answer is there.
enum Progress {
    Head(Reader),
    /// The head, and content that has not left; nothing has, unless `push` has
    /// begun.
    Content(StatusCode, HeaderMap, Vec<u8>),
}

/// Where an errand stands.
pub(super) enum Stand {
    /// It waits for the application, or for its client.
    Waits,
    /// It waits only for its next turn.
    Yields,
    /// It is done; whether the link is as good as new.
    Done(Box<Answer>, bool),
    /// Another path is to be answered instead.
    Redirected(String),
}

impl Errand {
    /// A request of this client, whose records up to the content are `first`.
    pub(crate) fn new(
        client: Key,
        mut request: Arrived<'static>,
        backend: usize,
        script: Script,
        first: Vec<u8>,
        push: Push,
    ) -> io::Result<Self> {
        let mut records = first;
        add_content(&mut request.content, &mut records)?;
        Ok(Errand {
            client,
            is_short: request.content.length() == 0,
            request,
            redirects: 0,
            backend,
            link: None,
            until: Instant::now(),
            records,
            at: 0,
            was_sent: false,
            all_was_sent: false,
            refuses_more: false,
            is_link_reused: false,
            has_heard: false,
            complaints: ErrorLines::of(script),
            answer: Progress::Head(Reader::forgiving()),
            push,
            has_told: false,
            is_held: false,
        })
    }

    /// The same, after so many local redirects.
    pub(crate) fn after(self, redirects: usize) -> Self {
        Errand { redirects, ..self }
    }

    /// Has no link, or none any more, and waits for one until then.
    pub(super) fn waits(&mut self, until: Instant) {
        (self.link, self.until) = (None, until);
    }

    /// Begins over this link, for the first time or anew.
    pub(super) fn begin(&mut self, link: &Link, key: Key, until: Instant) {
        self.link = Some(key);
        self.until = until;
        self.at = 0;
        (self.all_was_sent, self.refuses_more, self.has_heard) = (false, false, false);
        self.is_link_reused = link.is_answered;
    }

    /// Whether it can be sent a second time, and does no harm.
    /// [RFC 9110 §9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)
    pub(super) fn may_be_repeated(&self) -> bool {
        self.is_short && self.request.head.method.is_idempotent()
    }

    /// Whether the link may have been closed while it was kept, nothing of an
    /// answer has come, and the request may be sent over another one.
    pub(super) fn may_begin_again(&self) -> bool {
        self.is_link_reused && !self.has_heard && (self.may_be_repeated() || !self.was_sent)
    }

    /// Whether it was held by its client, which has taken all now; from here on
    /// the time runs that the application takes.
    pub(super) fn is_let_go(&mut self, until: Instant) -> bool {
        if self.is_held {
            self.until = until;
        }
        std::mem::take(&mut self.is_held)
    }

    /// Whether something of the response has left.
    pub(super) fn has_begun(&self) -> bool {
        self.push.has_begun()
    }

    /// The response that has begun, if nobody has been told of it.
    pub(super) fn newly_begun(&mut self) -> Option<Arc<Pushed>> {
        if self.has_told {
            return None;
        }
        let pushed = Arc::clone(self.push.pushed()?);
        self.has_told = true;
        Some(pushed)
    }

    // ANCHOR: proceed
    /// Does all that can be done without waiting.
    pub(super) fn proceed(
        &mut self,
        link: &mut Link,
        options: &Options,
        now: Instant,
    ) -> Result<Stand, Fault> {
        let sends_on = self.send(link, options, now)?;
        for _ in 0..ENOUGH {
            if let Some(stand) = self.take(link, options, now)? {
                return Ok(stand);
            }
            self.is_held |= self.push.unsent() >= KEPT;
            if !link.is_readable || self.is_held {
                return Ok(if sends_on { Stand::Yields } else { Stand::Waits });
            }
            self.receive(link)?;
        }
        Ok(Stand::Yields)
    }
    // ANCHOR_END: proceed

    /// Sends as much as the link takes in one turn; whether it would take more.
    fn send(&mut self, link: &mut Link, options: &Options, now: Instant) -> Result<bool, Fault> {
        for _ in 0..ENOUGH {
            if !link.is_writable || self.all_was_sent || self.refuses_more {
                return Ok(false);
            }
            if self.at == self.records.len() {
                self.at = 0;
                self.records.clear();
                add_content(&mut self.request.content, &mut self.records).map_err(Fault::NoRoom)?;
            }
            match link.socket.send(&self.records[self.at..], Follows::Nothing) {
                Ok(Some(sent)) => {
                    self.was_sent = true;
                    self.at += sent;
                    self.until = now + options.timeout;
                    let all = self.at == self.records.len();
                    self.all_was_sent = all && self.request.content.length() == 0;
                }
                Ok(None) => link.is_writable = false,
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                    return Err(Fault::nobody_listens());
                }
                // It reads no more; perhaps it has answered.
                Err(_) => (self.refuses_more, link.is_readable) = (true, true),
            }
        }
        Ok(!self.all_was_sent)
    }

    fn receive(&mut self, link: &mut Link) -> Result<(), Fault> {
        match link.receive()? {
            None => {}
            Some(0) => return Err(Fault::BrokeOff(ErrorKind::UnexpectedEof.into())),
            Some(_) => self.has_heard = true,
        }
        Ok(())
    }

    /// Takes the records that have come.
    fn take(
        &mut self,
        link: &mut Link,
        options: &Options,
        now: Instant,
    ) -> Result<Option<Stand>, Fault> {
        loop {
            match link.incoming.take(&mut self.complaints, None)? {
                Came::Output(content) => {
                    if let Some(path) = self.output(link, content)? {
                        return Ok(Some(Stand::Redirected(path)));
                    }
                    if matches!(self.answer, Progress::Content(..)) {
                        self.until = now + options.timeout;
                    }
                }
                Came::End => {
                    let is_clean = self.all_was_sent && link.incoming.is_empty();
                    return Ok(Some(Stand::Done(Box::new(self.end()?), is_clean)));
                }
                Came::NeedsMore => break,
            }
        }
        // What has come is all for now, or enough: it leaves.
        match &self.answer {
            Progress::Content(_, _, content)
                if !link.is_readable || content.len() >= SHORT || self.push.has_begun() =>
            {
                self.let_go()?;
            }
            _ => {}
        }
        Ok(None)
    }

    /// Takes a piece of output: of the head, and of the content behind it.
    fn output(&mut self, link: &Link, piece: Range<usize>) -> Result<Option<String>, Fault> {
        let piece = link.incoming.content(piece);
        match &mut self.answer {
            Progress::Content(_, _, content) => content.extend_from_slice(piece),
            Progress::Head(reader) => match reader.feed(piece).map_err(|error| nonsense(&error))? {
                None => {}
                Some((Reply::LocalRedirect(path), _)) => return Ok(Some(path)),
                Some((Reply::Response { status, fields }, used)) => {
                    self.answer = Progress::Content(status, fields, piece[used..].to_vec());
                }
            },
        }
        Ok(None)
    }

    /// Sends the client what there is of its answer.
    fn let_go(&mut self) -> Result<(), Fault> {
        let Progress::Content(status, fields, content) = &mut self.answer else { return Ok(()) };
        if content.is_empty() && self.push.has_begun() {
            return Ok(());
        }
        let written = self.push.write(content, || (*status, std::mem::take(fields)));
        content.clear();
        written.map_err(|error| match error.kind() {
            _ if Spool::is_to_blame(&error) => Fault::NoRoom(error),
            ErrorKind::Other => Fault::Nonsense(error.to_string()),
            _ => Fault::ClientGone,
        })
    }

    /// The request has ended: its answer, or the rest of it.
    fn end(&mut self) -> Result<Answer, Fault> {
        if self.push.has_begun() {
            self.let_go()?;
        }
        if let Some(begun) = self.push.take_begun() {
            return Ok(Answer::rest(begun, Body::Empty).at_hand());
        }
        let Progress::Content(status, fields, content) = &mut self.answer else {
            return Err(nonsense(&ResponseError::Incomplete));
        };
        let (status, fields) = (*status, std::mem::take(fields));
        let body = if framing::may_have_content(&self.request.head.method, status) {
            whole_body(&fields, std::mem::take(content)).map_err(|error| nonsense(&error))?
        } else {
            // How long the content would be is not known from there being none.
            Body::Stream(Box::new(io::empty()))
        };
        Ok(Answer::from(Response { status, fields, body }).at_hand())
    }

    /// It has not got on for too long.
    pub(super) fn is_late(&self, options: &Options) -> Fault {
        let what = if self.all_was_sent {
            "its answer did not get on for"
        } else {
            "it did not read its content for"
        };
        Fault::TooSlow(format!("{what} {} s", options.timeout.as_secs_f32()))
    }

    /// What the client hears of a fault: an answer that has begun breaks off.
    pub(super) fn failed(mut self, fault: &Fault) -> Answer {
        match self.push.take_begun() {
            Some(begun) => Answer::rest(begun, Body::Stream(Box::new(Broken))).at_hand(),
            None => fault.response().into(),
        }
    }
}

/// Appends the next piece of the content, or the end of it.
fn add_content(content: &mut Spool, records: &mut Vec<u8>) -> io::Result<()> {
    if content.length() > 0 {
        let most = content.length().min(STREAM_CONTENT as u64);
        let mut piece = Vec::new();
        content.take(most).read_to_end(&mut piece)?;
        encode_stream(Kind::Stdin, REQUEST_ID, &piece, records);
        if piece.is_empty() {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "kept content has shrunk"));
        }
    }
    if content.length() == 0 {
        end_stream(Kind::Stdin, REQUEST_ID, records);
    }
    Ok(())
}

fn nonsense(error: &ResponseError) -> Fault {
    Fault::Nonsense(error.to_string())
}

/// What is left of an answer that breaks off.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the application broke off"))
    }
}
