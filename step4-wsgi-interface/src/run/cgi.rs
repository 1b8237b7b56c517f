//! Runs an application as a CGI program: the PEP's own first example.
//!
//! Chapter 5 · PEP 3333, *The Server/Gateway Side* · RFC 3875
//!
//! *Strategy*: a CGI program is told of its request by its environment and its
//! standard input, and answers on its standard output. That is all that a
//! gateway needs, so every application is a CGI program too: the variables are
//! copied, `wsgi.input` is standard input up to `CONTENT_LENGTH`, and the head
//! begins with a `Status` field in place of a status line.
//!
//! ```
//! use step4_wsgi_interface::applications::hello;
//! use step4_wsgi_interface::run::cgi;
//!
//! let variables = [("REQUEST_METHOD", "GET"), ("PATH_INFO", "/")];
//! let (stdout, outcome) = cgi::run_with(&hello::application, variables, std::io::empty(), Vec::new());
//! assert!(outcome.is_ok());
//! assert!(stdout.starts_with(b"Status: 200 OK\r\n"));
//! ```

use std::env;
use std::io::{self, BufReader, Read, Write};

use crate::application::{Application, Result};
use crate::environ::Environ;
use crate::gateway::{self, Output};
use crate::head::Head;

/// Whether this process was started as a CGI program.
#[must_use]
pub fn is_asked_for() -> bool {
    env::var_os("GATEWAY_INTERFACE")
        .is_some_and(|value| value.as_encoded_bytes().starts_with(b"CGI/"))
}

/// Runs the application on this process's environment, input and output.
///
/// # Errors
///
/// What the application failed with; the client has been told as far as it
/// still could be.
pub fn run<A: Application + ?Sized>(application: &A) -> Result<()> {
    let variables =
        env::vars_os().map(|(name, value)| (name.into_encoded_bytes(), value.into_encoded_bytes()));
    run_with(application, variables, io::stdin(), io::stdout()).1
}

/// The same with all that a CGI program is given; returns `stdout`.
pub fn run_with<A, O>(
    application: &A,
    variables: impl IntoIterator<Item = (impl AsRef<[u8]>, impl AsRef<[u8]>)>,
    stdin: impl Read + Send + 'static,
    stdout: O,
) -> (O, Result<()>)
where
    A: Application + ?Sized,
    O: Write + Send + 'static,
{
    let environ = environ(variables, stdin);
    let (output, outcome) = gateway::run(application, environ, Stdout(Some(stdout)));
    match output.0 {
        Some(stdout) => (stdout, outcome),
        None => unreachable!("`run` gives back the output that it was given"),
    }
}

// ANCHOR: environ
/// The variables of a CGI program, and those that the PEP adds.
fn environ(
    variables: impl IntoIterator<Item = (impl AsRef<[u8]>, impl AsRef<[u8]>)>,
    stdin: impl Read + Send + 'static,
) -> Environ {
    let mut environ = Environ::new();
    for (name, value) in variables {
        environ.append(name.as_ref(), value.as_ref());
    }
    let length = environ.get_or_empty("CONTENT_LENGTH").to_string().parse().unwrap_or(0);
    environ.wsgi.input = Box::new(BufReader::new(stdin.take(length)));
    environ.wsgi.multithread = false;
    environ.wsgi.multiprocess = true;
    environ.wsgi.run_once = true;
    let https = environ.get_or_empty("HTTPS");
    if https == "on" || https == "1" {
        environ.wsgi.url_scheme = "https".into();
    }
    environ
}
// ANCHOR_END: environ

/// Standard output; `None` once it has been given back.
struct Stdout<O>(Option<O>);

impl<O> Default for Stdout<O> {
    fn default() -> Self {
        Stdout(None)
    }
}

impl<O: Write + Send + 'static> Output for Stdout<O> {
    fn send(&mut self, head: Option<&Head>, block: &[u8]) -> Result<()> {
        let stdout = self.0.as_mut().ok_or("the call is over")?;
        if let Some(head) = head {
            let mut bytes = Vec::new();
            write_head(head, &mut bytes);
            bytes.extend_from_slice(block);
            stdout.write_all(&bytes)?;
        } else {
            stdout.write_all(block)?;
        }
        Ok(stdout.flush()?)
    }
}

/// The head as a CGI program writes it
/// ([RFC 3875 §6](https://www.rfc-editor.org/rfc/rfc3875#section-6)).
fn write_head(head: &Head, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(b"Status: ");
    bytes.extend_from_slice(head.status().as_bytes());
    for (name, value) in head.headers() {
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n\r\n");
}
