//! What the validator knows of one call, and the pieces that it puts between.
//!
//! Chapter 5 · PEP 3333
//!
//! *Strategy*: `start_response`, `write`, the body and `wsgi.input` are each
//! wrapped in something of the same kind, which tells a common [`Watch`] what
//! has passed and lets it pass.

use std::io::{self, BufRead, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Report;
use crate::application::Result;
use crate::body::{Body, Bytestring, Kind};
use crate::environ::{Environ, Input};
use crate::head::Head;
use crate::rule::Rule;
use crate::start_response::{ExcInfo, Headers, StartResponse, Write};

/// What is known of one call.
pub(super) struct Watch {
    report: Report,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// Calls of `start_response`, those that failed too.
    calls: usize,
    head: Option<Head>,
    /// Bytes of content so far.
    content: u64,
    /// Whether a block that is not empty has been sent for sure.
    sent: bool,
    in_body: bool,
    pub(super) refused_exc_info: bool,
    answers_head: bool,
}

impl Watch {
    pub(super) fn new(report: Report, environ: &Environ) -> Arc<Self> {
        let answers_head = environ.get_or_empty("REQUEST_METHOD") == "HEAD";
        Arc::new(Watch { report, state: Mutex::new(State { answers_head, ..State::default() }) })
    }

    pub(super) fn report(&self, rule: Rule, what: impl Into<String>) {
        (self.report)(&rule.broken(what));
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `start_response` is called.
    fn starts(&self, status: &str, headers: Headers<'_>, with_exc_info: bool) {
        let mut head = Head::default();
        let breach = head.store(status, headers).err();
        let again = {
            let mut state = self.state();
            state.calls += 1;
            state.head = breach.is_none().then_some(head);
            state.calls > 1 && !with_exc_info
        };
        if again {
            self.report(Rule::StartOnce, "start_response was called again without exc_info");
        }
        if let Some(breach) = breach {
            (self.report)(&breach);
        }
    }

    /// A block of content passes.
    fn block(&self, block: &[u8]) {
        if block.is_empty() {
            return;
        }
        let (calls, first, untyped, over, bodiless) = {
            let mut state = self.state();
            let before = state.content;
            state.content += block.len() as u64;
            let untyped =
                state.head.as_ref().is_some_and(|head| head.header("content-type").is_none());
            let owed = state.head.as_ref().and_then(Head::content_length);
            let over = owed.is_some_and(|owed| before <= owed && owed < state.content);
            let bodiless = state.head.as_ref().is_some_and(has_no_content);
            (state.calls, before == 0, untyped, over, bodiless)
        };
        if calls == 0 && first {
            self.report(Rule::StartBeforeBody, "a block came before start_response was called");
        }
        if bodiless && first {
            self.report(Rule::NoContent, "there is content behind a 204 or 304");
        } else if untyped && first {
            self.report(Rule::ContentType, "there is content, and no Content-Type");
        }
        if over {
            self.report(Rule::ContentTooLong, "the content is longer than Content-Length says");
        }
    }

    /// The content has come whole.
    fn end(&self) {
        let (calls, any, missing) = {
            let state = self.state();
            let bodiless =
                state.answers_head || state.head.as_ref().is_some_and(|head| head.code() == 304);
            let owed = state.head.as_ref().and_then(Head::content_length).unwrap_or(0);
            let missing = if bodiless { 0 } else { owed.saturating_sub(state.content) };
            (state.calls, state.content > 0, missing)
        };
        if calls == 0 && !any {
            self.report(
                Rule::StartBeforeBody,
                "the content ended and start_response was never called",
            );
        }
        if missing > 0 {
            self.report(
                Rule::ContentTooShort,
                format!("the content is {missing} bytes shorter than Content-Length says"),
            );
        }
    }
}

/// Whether the status says that nothing follows the head.
fn has_no_content(head: &Head) -> bool {
    matches!(head.code(), 204 | 304)
}

/// `start_response` and `write`, watched.
pub(super) fn watched(start_response: StartResponse, watch: &Arc<Watch>) -> StartResponse {
    let watch = Arc::clone(watch);
    Arc::new(move |status: &str, headers: Headers<'_>, exc_info: Option<ExcInfo>| {
        let with_exc_info = exc_info.is_some();
        watch.starts(status, headers, with_exc_info);
        let started = start_response(status, headers, exc_info);
        let sent = watch.state().sent;
        match &started {
            Ok(_) if with_exc_info && sent => watch.report(
                Rule::ExcInfoIgnored,
                "content has been sent, and start_response with exc_info succeeded",
            ),
            Err(_) if with_exc_info => watch.state().refused_exc_info = true,
            _ => {}
        }
        started.map(|write| watched_write(write, &watch))
    })
}

fn watched_write(write: Write, watch: &Arc<Watch>) -> Write {
    let watch = Arc::clone(watch);
    Arc::new(move |block: &[u8]| {
        if watch.state().in_body {
            watch.report(Rule::WriteInBody, "write was called while a block was asked for");
        }
        watch.block(block);
        let written = write(block);
        watch.state().sent |= written.is_ok() && !block.is_empty();
        written
    })
}

/// The same body, watched. One that is whole, or a file, stays what it is, so
/// that the gateway can send it as it likes.
pub(super) fn watch_body(body: Body, watch: Arc<Watch>) -> Body {
    match body.kind {
        Kind::Empty => watch.end(),
        Kind::Block(ref block) => {
            watch.block(block);
            watch.end();
        }
        Kind::File(_) if watch.state().calls == 0 => {
            watch.report(
                Rule::StartBeforeBody,
                "a file was returned before start_response was called",
            );
        }
        Kind::File(_) => {}
        Kind::Blocks(_) | Kind::Iterator(_) => {
            return Body::iterator(WatchedBlocks { body, watch });
        }
    }
    body
}

struct WatchedBlocks {
    body: Body,
    watch: Arc<Watch>,
}

impl Iterator for WatchedBlocks {
    type Item = Result<Bytestring>;

    fn next(&mut self) -> Option<Self::Item> {
        {
            let mut state = self.watch.state();
            // Whoever asks for the next block has sent the one before.
            state.sent |= state.content > 0;
            state.in_body = true;
        }
        let next = self.body.next();
        let trapped = {
            let mut state = self.watch.state();
            state.in_body = false;
            std::mem::take(&mut state.refused_exc_info) && !matches!(next, Some(Err(_)))
        };
        if trapped {
            self.watch
                .report(Rule::ExcInfoTrapped, "its body went on after start_response had failed");
        }
        match &next {
            Some(Ok(block)) => self.watch.block(block),
            Some(Err(_)) => {}
            None => self.watch.end(),
        }
        next
    }
}

/// Puts a counter before `wsgi.input`, if its length was told.
pub(super) fn watch_input(environ: &mut Environ, watch: &Arc<Watch>) {
    let Ok(left) = environ.get_or_empty("CONTENT_LENGTH").to_string().parse() else { return };
    let input = std::mem::replace(&mut environ.wsgi.input, Box::new(io::empty()));
    environ.wsgi.input = Box::new(WatchedInput { input, left, watch: Arc::clone(watch) });
}

struct WatchedInput {
    input: Input,
    /// How much may come still.
    left: u64,
    watch: Arc<Watch>,
}

impl Read for WatchedInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.took(read);
        Ok(read)
    }
}

impl BufRead for WatchedInput {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.input.consume(amount);
        self.took(amount);
    }
}

impl WatchedInput {
    fn took(&mut self, amount: usize) {
        if amount as u64 > self.left {
            self.watch.report(Rule::InputTooLong, "wsgi.input goes on after CONTENT_LENGTH bytes");
        }
        self.left = self.left.saturating_sub(amount as u64);
    }
}
