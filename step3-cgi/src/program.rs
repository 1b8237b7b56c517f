//! The program's side: a function of variables and streams.
//!
//! Chapter 4 · RFC 3875 §4, §6
//!
//! *Strategy*: what a CGI program finds in its environment and on its three
//! streams, a FastCGI application finds in records. So a program of ours is a
//! function that knows neither; whoever calls it fills in a [`Call`].
//!
//! ```
//! use std::io;
//! use step3_cgi::program::{Call, Variables};
//!
//! fn hello(call: &mut Call<'_>) -> io::Result<()> {
//!     write!(call.stdout, "Content-Type: text/plain\n\n")?;
//!     writeln!(call.stdout, "You asked for {}", call.variables.text("PATH_INFO"))
//! }
//!
//! let variables = [("PATH_INFO", "/here")].into_iter().collect::<Variables>();
//! let mut answer = Vec::new();
//! hello(&mut Call {
//!     variables: &variables,
//!     stdin: &mut io::empty(),
//!     stdout: &mut answer,
//!     stderr: &mut io::sink(),
//! })?;
//! assert!(answer.ends_with(b"\n\nYou asked for /here\n"));
//! # Ok::<(), io::Error>(())
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStringExt;

/// A program: it reads variables and content, and writes a response.
pub type Function = fn(&mut Call<'_>) -> io::Result<()>;

/// What a program finds when it is called for one request.
pub struct Call<'a> {
    /// The meta-variables.
    pub variables: &'a Variables,
    /// The content of the request, `CONTENT_LENGTH` bytes of it.
    pub stdin: &'a mut dyn Read,
    /// Where the response goes.
    pub stdout: &'a mut dyn Write,
    /// Where complaints go: into the log of the server.
    pub stderr: &'a mut dyn Write,
}

/// The meta-variables of one request, sorted by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<Vec<u8>, Vec<u8>>);

impl Variables {
    /// Those in the environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        std::env::vars_os().map(|(name, value)| (name.into_vec(), value.into_vec())).collect()
    }

    /// The value of a variable; empty if it is not set, which means the same.
    /// [RFC 3875 §4.1](https://www.rfc-editor.org/rfc/rfc3875#section-4.1)
    #[must_use]
    pub fn get(&self, name: &str) -> &[u8] {
        self.0.get(name.as_bytes()).map_or(b"", Vec::as_slice)
    }

    /// The value as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn text(&self, name: &str) -> Cow<'_, str> {
        String::from_utf8_lossy(self.get(name))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_slice(), value.as_slice()))
    }
}

impl<N: Into<Vec<u8>>, V: Into<Vec<u8>>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(all: I) -> Self {
        Variables(all.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Calls a program with what this process was started with: as CGI does it.
///
/// # Errors
/// Those of the program; a server that has gone is one of them.
pub fn run_as_cgi(program: Function) -> io::Result<()> {
    let variables = Variables::of_process();
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    program(&mut Call {
        variables: &variables,
        stdin: &mut io::stdin().lock(),
        stdout: &mut stdout,
        stderr: &mut io::stderr(),
    })?;
    stdout.flush()
}
