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
use std::io::Cursor;
use std::sync::{Arc, Mutex};

use super::trace::{Journal, Shown, Traced, lock};
use crate::application::{Application, Error};
use crate::applications::form::percent_decoded;
use crate::environ::Environ;
use crate::gateway::{self, Memory};
use crate::rule::Breach;
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

/// All that was seen of one call.
pub struct Seen {
    /// Who did what, line by line.
    pub calls: Vec<String>,
    /// What was sent.
    pub response: Memory,
    /// What ended the response early.
    pub error: Option<Error>,
    /// What the validator objects to.
    pub breaches: Vec<Breach>,
}

/// Calls the application and writes down what passes.
pub fn watch<A: Application>(application: &A, request: &Request) -> Seen {
    let journal = Journal::default();
    let breaches = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&breaches);
    let report = move |breach: &Breach| lock(&seen).push(breach.clone());
    let traced = Traced { application, journal: journal.clone() };
    let validated = Validator::new(traced, report);
    let output = Shown { memory: Memory::default(), journal: journal.clone() };
    let (output, outcome) = gateway::run(&validated, request.environ(), output);
    drop(validated); // it says at its end whether a body was left open
    let calls = std::mem::take(&mut *lock(&journal.0));
    let breaches = std::mem::take(&mut *lock(&breaches));
    Seen { calls, response: output.memory, error: outcome.err(), breaches }
}

/// Calls the application and shows the environ, the calls in their order, the
/// response, and what the validator says.
#[must_use]
pub fn show<A: Application>(application: &A, request: &Request) -> String {
    let mut shown = String::from("environ\n");
    show_environ(&request.environ(), request.content.len(), &mut shown);
    let seen = watch(application, request);
    shown.push_str("\ncalls\n");
    for (number, line) in seen.calls.iter().enumerate() {
        let _ = writeln!(shown, "{:4}  {line}", number + 1);
    }
    if let Some(error) = seen.error {
        let _ = writeln!(shown, "\nthe call failed: {error}");
    }
    show_response(&seen.response, &mut shown);
    if seen.breaches.is_empty() {
        shown.push_str("\nvalidator: nothing to object to\n");
    }
    for breach in &seen.breaches {
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
                let _ = writeln!(shown, "  {}", printable(line));
            }
        }
        Err(_) => {
            let _ = writeln!(shown, "\n  {} bytes that are no text", memory.content.len());
        }
    }
}

/// The line with its control characters written out: a page must not be able to
/// move the cursor of the terminal that shows it.
fn printable(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for character in line.chars() {
        match character {
            control if control.is_control() => text.extend(control.escape_default()),
            other => text.push(other),
        }
    }
    text
}
