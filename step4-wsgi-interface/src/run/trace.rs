//! Writes down what passes between a gateway and an application, in order.
//!
//! Chapter 5 · PEP 3333, *Specification Details*

use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::application::{Application, Result};
use crate::body::{Body, Kind};
use crate::environ::{Environ, Errors, Input};
use crate::gateway::{Memory, Output};
use crate::head::Head;
use crate::native_string::{NativeStr, NativeString};
use crate::start_response::{ExcInfo, Headers, StartResponse};

/// What has happened, line by line.
#[derive(Clone, Default)]
pub(super) struct Journal(pub(super) Arc<Mutex<Vec<String>>>);

impl Journal {
    fn gateway(&self, what: impl std::fmt::Display) {
        lock(&self.0).push(format!("gateway      {what}"));
    }

    fn application(&self, what: impl std::fmt::Display) {
        lock(&self.0).push(format!("application  {what}"));
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An application whose calls are written down.
pub(super) struct Traced<'a, A> {
    pub(super) application: &'a A,
    pub(super) journal: Journal,
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
pub(super) struct Shown {
    pub(super) memory: Memory,
    pub(super) journal: Journal,
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
