//! Calls an application from the terminal and shows all that passes: WSGI's own
//! x-ray.
//!
//! Chapter 5 · PEP 3333, *Specification Details*
//!
//! *Strategy*: a [`Request`] is turned into an environ as a server would. A
//! piece of middleware writes down what the application is called with and what
//! it calls; an output writes down what is sent. The two write in one journal,
//! so that the order of things can be seen.
//!
//! ```
//! use step4_wsgi_interface::applications::hello;
//! use step4_wsgi_interface::run::terminal::{Request, show};
//!
//! let shown = show(&hello::application, &Request::get("/"));
//! assert!(shown.contains(r#"start_response("200 OK", [("Content-Type", "text/html")])"#));
//! ```

use std::fmt::Write as _;
use std::io::{self, BufRead, Cursor, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::application::{Application, Result};
use crate::applications::form::percent_decoded;
use crate::body::{Body, Kind};
use crate::environ::{Environ, Errors, Input};
use crate::gateway::{self, Memory, Output};
use crate::head::Head;
use crate::native_string::{NativeStr, NativeString};
use crate::rule::Breach;
use crate::start_response::{ExcInfo, Headers, StartResponse};
use crate::validator::Validator;

/// What a client would ask.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, percent-encoded, and `?query`.
    pub target: String,
    /// Fields, as `Name: value`.
    pub fields: Vec<(String, String)>,
    /// The content.
    pub content: Vec<u8>,
}

impl Request {
    /// A GET without content.
    #[must_use]
    pub fn get(target: &str) -> Self {
        Request {
            method: "GET".into(),
            target: target.into(),
            fields: Vec::new(),
            content: Vec::new(),
        }
    }

    /// A form that is posted.
    #[must_use]
    pub fn post(target: &str, form: &str) -> Self {
        let field = ("Content-Type".into(), "application/x-www-form-urlencoded".into());
        Request {
            method: "POST".into(),
            target: target.into(),
            fields: vec![field],
            content: form.as_bytes().to_vec(),
        }
    }

    /// The same with a field more.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// What a server makes of it.
    #[must_use]
    pub fn environ(&self) -> Environ {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let mut environ = Environ::new();
        environ.set("REQUEST_METHOD", self.method.as_bytes());
        environ.set("SCRIPT_NAME", b"");
        environ.set("PATH_INFO", &percent_decoded(path.as_bytes()));
        environ.set("QUERY_STRING", query.as_bytes());
        environ.set("SERVER_NAME", b"localhost");
        environ.set("SERVER_PORT", b"8000");
        environ.set("SERVER_PROTOCOL", b"HTTP/1.1");
        environ.set("HTTP_HOST", b"localhost:8000");
        if !self.content.is_empty() {
            environ.set("CONTENT_LENGTH", self.content.len().to_string().as_bytes());
            environ.wsgi.input = Box::new(Cursor::new(self.content.clone()));
        }
        for (name, value) in &self.fields {
            let name = name.to_ascii_uppercase().replace('-', "_");
            match name.as_str() {
                "CONTENT_TYPE" => environ.set("CONTENT_TYPE", value.as_bytes()),
                "CONTENT_LENGTH" => {} // counted above
                _ => environ.set(&format!("HTTP_{name}"), value.as_bytes()),
            }
        }
        environ
    }
}

/// Calls the application and shows the environ, the calls in their order, the
/// response, and what the validator says.
#[must_use]
pub fn show<A: Application>(application: &A, request: &Request) -> String {
    let environ = request.environ();
    let mut shown = String::from("environ\n");
    show_environ(&environ, request.content.len(), &mut shown);

    let journal = Journal::default();
    let breaches = Arc::new(Mutex::new(Vec::new()));
    let (memory, outcome) = {
        let seen = Arc::clone(&breaches);
        let report = move |breach: &Breach| lock(&seen).push(breach.clone());
        let traced = Traced { application, journal: journal.clone() };
        let validated = Validator::new(traced, report);
        let output = Shown { memory: Memory::default(), journal: journal.clone() };
        let (output, outcome) = gateway::run(&validated, environ, output);
        (output.memory, outcome)
    };
    shown.push_str("\ncalls\n");
    for (number, line) in lock(&journal.0).iter().enumerate() {
        let _ = writeln!(shown, "{:4}  {line}", number + 1);
    }
    if let Err(error) = outcome {
        let _ = writeln!(shown, "\nthe call failed: {error}");
    }
    show_response(&memory, &mut shown);
    let breaches = lock(&breaches);
    if breaches.is_empty() {
        shown.push_str("\nvalidator: nothing to object to\n");
    }
    for breach in breaches.iter() {
        let _ = writeln!(shown, "\nvalidator: {breach}");
    }
    shown
}

fn show_environ(environ: &Environ, content: usize, shown: &mut String) {
    let wsgi = &environ.wsgi;
    let mut rows: Vec<(String, String)> =
        environ.iter().map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect();
    rows.extend([
        ("wsgi.version".into(), format!("{:?}", wsgi.version)),
        ("wsgi.url_scheme".into(), format!("{:?}", wsgi.url_scheme)),
        ("wsgi.input".into(), format!("{content} bytes to be read")),
        ("wsgi.errors".into(), "standard error".into()),
        ("wsgi.multithread".into(), wsgi.multithread.to_string()),
        ("wsgi.multiprocess".into(), wsgi.multiprocess.to_string()),
        ("wsgi.run_once".into(), wsgi.run_once.to_string()),
    ]);
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in rows {
        let _ = writeln!(shown, "  {name:width$}  {value}");
    }
}

fn show_response(memory: &Memory, shown: &mut String) {
    let Some(head) = &memory.head else {
        shown.push_str("\nno response\n");
        return;
    };
    let _ = writeln!(shown, "\nresponse\n  {}", head.status());
    for (name, value) in head.headers() {
        let _ = writeln!(shown, "  {name}: {value}");
    }
    match std::str::from_utf8(&memory.content) {
        Ok("") => {}
        Ok(text) => {
            shown.push('\n');
            for line in text.lines() {
                let _ = writeln!(
                    shown,
                    "  {}",
                    line.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
                );
            }
        }
        Err(_) => {
            let _ = writeln!(shown, "\n  {} bytes that are no text", memory.content.len());
        }
    }
}

/// What has happened, line by line.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn gateway(&self, what: impl std::fmt::Display) {
        lock(&self.0).push(format!("gateway      {what}"));
    }

    fn application(&self, what: impl std::fmt::Display) {
        lock(&self.0).push(format!("application  {what}"));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An application whose calls are written down.
struct Traced<'a, A> {
    application: &'a A,
    journal: Journal,
}

impl<A: Application> Application for Traced<'_, A> {
    fn call(&self, mut environ: Environ, start_response: StartResponse) -> Result<Body> {
        let journal = self.journal.clone();
        let input = std::mem::replace(&mut environ.wsgi.input, Box::new(io::empty()));
        environ.wsgi.input = Box::new(TracedInput { input, journal: journal.clone() });
        let errors = std::mem::replace(&mut environ.wsgi.errors, Box::new(io::sink()));
        environ.wsgi.errors = Box::new(TracedErrors { errors, journal: journal.clone() });
        journal.gateway("application(environ, start_response)");
        let body = self.application.call(environ, traced(start_response, &journal));
        match &body {
            Ok(body) => journal.application(format_args!("return {}", described(body))),
            Err(error) => journal.application(format_args!("fails: {error}")),
        }
        let closing = journal.clone();
        Ok(watched(body?, journal).on_close(move || closing.gateway("close()")))
    }
}

/// The same body; blocks that are asked for one by one are written down.
fn watched(mut body: Body, journal: Journal) -> Body {
    if let Kind::Empty | Kind::Block(_) = body.kind {
        return body;
    }
    Body::iterator(std::iter::from_fn(move || {
        let block = body.next();
        match &block {
            Some(Ok(block)) => journal.gateway(format_args!("next: {} bytes", block.len())),
            Some(Err(error)) => journal.gateway(format_args!("next: fails: {error}")),
            None => journal.gateway("next: the end"),
        }
        block
    }))
}

fn traced(start_response: StartResponse, journal: &Journal) -> StartResponse {
    let journal = journal.clone();
    Arc::new(move |status: &str, headers: Headers<'_>, exc_info: Option<ExcInfo>| {
        let error =
            exc_info.as_ref().map(|error| format!(", exc_info: {error}")).unwrap_or_default();
        journal.application(format_args!("start_response({status:?}, {headers:?}{error})"));
        let started = start_response(status, headers, exc_info);
        let write = started.inspect_err(|error| {
            journal.gateway(format_args!("start_response fails: {error}"));
        })?;
        let journal = journal.clone();
        Ok(Arc::new(move |block: &[u8]| {
            journal.application(format_args!("write({} bytes)", block.len()));
            write(block)
        }))
    })
}

fn described(body: &Body) -> String {
    match &body.kind {
        Kind::Empty => "an empty list".into(),
        Kind::Block(block) => format!("a list of 1 block, {} bytes", block.len()),
        Kind::Blocks(blocks) => format!("a list of {} blocks", blocks.len()),
        Kind::File(_) => "a file in wsgi.file_wrapper".into(),
        Kind::Iterator(_) => "an iterator".into(),
    }
}

/// An output that says when it sends.
#[derive(Default)]
struct Shown {
    memory: Memory,
    journal: Journal,
}

impl Output for Shown {
    fn send(&mut self, head: Option<&Head>, block: &[u8]) -> Result<()> {
        let what = if head.is_some() { "the head and " } else { "" };
        self.journal.gateway(format_args!("sends {what}{} bytes", block.len()));
        self.memory.send(head, block)
    }
}

struct TracedInput {
    input: Input,
    journal: Journal,
}

impl Read for TracedInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.journal.application(format_args!("wsgi.input: reads {read} bytes"));
        Ok(read)
    }
}

impl BufRead for TracedInput {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.input.consume(amount);
        self.journal.application(format_args!("wsgi.input: reads {amount} bytes"));
    }
}

struct TracedErrors {
    errors: Errors,
    journal: Journal,
}

impl Write for TracedErrors {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.errors.write(bytes)?;
        let text = NativeString::from_bytes(bytes[..written].to_vec());
        let text = text.as_native();
        self.journal.application(format_args!(
            "wsgi.errors: {:?}",
            text.to_text().map_or_else(|_| NativeStr::to_string(&text), str::to_owned)
        ));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.errors.flush()
    }
}
