//! Stands between gateway and application, and says who breaks the contract.
//!
//! Chapter 5 · PEP 3333 · Python's `wsgiref.validate`
//!
//! *Strategy*: the validator is middleware: to the gateway an application, to
//! the application a gateway. It changes nothing; it looks at every argument and
//! every result that passes, and at their order. A breach is reported with the
//! sentence that it breaks, and the call goes on.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use step4_wsgi_interface::{Body, Environ, Result, StartResponse, gateway};
//! use step4_wsgi_interface::{run::terminal::Request, validator::Validator};
//!
//! fn forgetful(_: Environ, _: StartResponse) -> Result<Body> {
//!     Ok([b"I did not begin"].into())
//! }
//! let breaches = Arc::new(Mutex::new(Vec::new()));
//! let seen = Arc::clone(&breaches);
//! let validated = Validator::new(forgetful, move |breach| seen.lock().unwrap().push(breach.to_string()));
//! let _ = gateway::run(&validated, Request::get("/").environ(), gateway::Memory::default());
//! assert!(breaches.lock().unwrap()[0].contains("must invoke the start_response() callable before"));
//! ```

use std::io::{self, BufRead, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::application::{Application, Result};
use crate::body::{Body, Bytestring, Kind};
use crate::environ::{Environ, Input};
use crate::head::Head;
use crate::rule::{Breach, Rule};
use crate::start_response::{ExcInfo, Headers, StartResponse, Write};

/// An application with a validator around it.
pub struct Validator<A> {
    application: A,
    report: Report,
    /// Bodies that were returned and have not been dropped.
    open: Arc<AtomicUsize>,
}

/// What is done with a breach.
type Report = Arc<dyn Fn(&Breach) + Send + Sync>;

impl<A> Validator<A> {
    /// Watches an application, and hands every breach of either side to `report`.
    pub fn new(application: A, report: impl Fn(&Breach) + Send + Sync + 'static) -> Self {
        Validator { application, report: Arc::new(report), open: Arc::default() }
    }
}

impl<A> Drop for Validator<A> {
    /// A body that is open now will never be ended by its gateway.
    fn drop(&mut self) {
        let open = self.open.load(Ordering::SeqCst);
        if open > 0 {
            (self.report)(
                &Rule::NotClosed.broken(format!("bodies that were never dropped: {open}")),
            );
        }
    }
}

impl<A: Application> Application for Validator<A> {
    fn call(&self, mut environ: Environ, start_response: StartResponse) -> Result<Body> {
        check_environ(&environ, &*self.report);
        let watch = Watch::new(Arc::clone(&self.report), &environ);
        watch_input(&mut environ, &watch);
        let body = self.application.call(environ, watched(start_response, &watch))?;
        if watch.state().refused_exc_info {
            watch
                .report(Rule::ExcInfoTrapped, "it returned a body after start_response had failed");
        }
        self.open.fetch_add(1, Ordering::SeqCst);
        let open = Arc::clone(&self.open);
        Ok(watch_body(body, watch).on_close(move || {
            open.fetch_sub(1, Ordering::SeqCst);
        }))
    }
}

/// What is known of one call.
struct Watch {
    report: Report,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Calls of `start_response`, those that failed too.
    calls: usize,
    head: Option<Head>,
    /// Bytes of content so far.
    content: u64,
    /// Whether a block that is not empty has been sent for sure.
    sent: bool,
    in_body: bool,
    refused_exc_info: bool,
    answers_head: bool,
}

impl Watch {
    fn new(report: Report, environ: &Environ) -> Arc<Self> {
        let answers_head = environ.get_or_empty("REQUEST_METHOD") == "HEAD";
        Arc::new(Watch { report, state: Mutex::new(State { answers_head, ..State::default() }) })
    }

    fn report(&self, rule: Rule, what: impl Into<String>) {
        (self.report)(&rule.broken(what));
    }

    fn state(&self) -> MutexGuard<'_, State> {
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
        let (calls, first, untyped, over) = {
            let mut state = self.state();
            let before = state.content;
            state.content += block.len() as u64;
            let untyped =
                state.head.as_ref().is_some_and(|head| head.header("content-type").is_none());
            let owed = state.head.as_ref().and_then(Head::content_length);
            let over = owed.is_some_and(|owed| before <= owed && owed < state.content);
            (state.calls, before == 0, untyped, over)
        };
        if calls == 0 && first {
            self.report(Rule::StartBeforeBody, "a block came before start_response was called");
        }
        if untyped && first {
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

/// `start_response` and `write`, watched.
fn watched(start_response: StartResponse, watch: &Arc<Watch>) -> StartResponse {
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
fn watch_body(body: Body, watch: Arc<Watch>) -> Body {
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
        self.watch.state().in_body = false;
        match &next {
            Some(Ok(block)) => self.watch.block(block),
            Some(Err(_)) => {}
            None => self.watch.end(),
        }
        next
    }
}

// ANCHOR: environ
/// Whether a gateway has filled the environ as it must.
fn check_environ(environ: &Environ, report: &(dyn Fn(&Breach) + Send + Sync)) {
    let get = |name| environ.get_or_empty(name);
    let check = |holds: bool, rule: Rule, what: &str| {
        if !holds {
            report(&rule.broken(what));
        }
    };
    check(!get("REQUEST_METHOD").is_empty(), Rule::RequestMethod, "REQUEST_METHOD is missing");
    for name in ["SERVER_NAME", "SERVER_PORT"] {
        check(!get(name).is_empty(), Rule::ServerNameAndPort, &format!("{name} is missing"));
    }
    check(!get("SERVER_PROTOCOL").is_empty(), Rule::ServerProtocol, "SERVER_PROTOCOL is missing");
    let (script_name, path_info) = (get("SCRIPT_NAME"), get("PATH_INFO"));
    let path_form = path_info.is_empty() || path_info.as_bytes().starts_with(b"/");
    check(path_form, Rule::PathForm, &format!("PATH_INFO is {path_info:?}"));
    let mounted =
        script_name.as_bytes().starts_with(b"/") && !script_name.as_bytes().ends_with(b"/");
    check(
        script_name.is_empty() || mounted,
        Rule::ScriptNameForm,
        &format!("SCRIPT_NAME is {script_name:?}"),
    );
    let length = get("CONTENT_LENGTH");
    let digits = length.as_bytes().iter().all(u8::is_ascii_digit);
    check(digits, Rule::ContentLengthVariable, &format!("CONTENT_LENGTH is {length:?}"));
    for name in ["HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"] {
        check(environ.get(name).is_none(), Rule::HttpVariables, &format!("{name} is there"));
    }
    check(environ.wsgi.version == (1, 0), Rule::WsgiVersion, "wsgi.version is another");
    let scheme = &*environ.wsgi.url_scheme;
    check(
        matches!(scheme, "http" | "https"),
        Rule::UrlScheme,
        &format!("wsgi.url_scheme is {scheme:?}"),
    );
    for name in environ.own_names() {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._".contains(&byte);
        let good = name.contains('.') && name.bytes().all(allowed);
        check(good, Rule::OwnNames, &format!("a variable is named {name:?}"));
    }
}
// ANCHOR_END: environ

/// Puts a counter before `wsgi.input`, if its length was told.
fn watch_input(environ: &mut Environ, watch: &Arc<Watch>) {
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
