//! What an application is told of a request.
//!
//! Chapter 5 · PEP 3333, *environ Variables*
//!
//! *Strategy*: in Python `environ` is a dictionary with two kinds of values.
//! The strings are CGI's variables: `environ['PATH_INFO']` is
//! `environ.get("PATH_INFO")` here. The others have names that begin with
//! `wsgi.`: `environ['wsgi.input']` is the field `environ.wsgi.input`. A server
//! makes one for every request, so the variables lie in one buffer, one behind
//! the other; to find one is to walk along some thirty names.
//!
//! ```
//! use step4_wsgi_interface::Environ;
//!
//! let mut environ = Environ::new();
//! environ.append(b"REQUEST_METHOD", b"GET");
//! environ.append(b"PATH_INFO", b"/hello");
//! assert!(environ.get("PATH_INFO").is_some_and(|path| path == "/hello"));
//!
//! environ.set("PATH_INFO", "/".as_bytes());      // middleware may change it
//! assert_eq!(environ.get("PATH_INFO").unwrap().as_bytes(), b"/");
//! assert!(environ.get("HTTP_COOKIE").is_none());
//! assert_eq!(environ.wsgi.version, (1, 0));
//! ```

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Write};

use crate::body::{Body, FileLike};
use crate::native_string::NativeStr;

/// `wsgi.input`: the content of the request. `read`, `readline`, `readlines`
/// and iteration of the PEP are `read`, `read_until`, `lines` and `split` of
/// [`BufRead`]. It ends where the content ends.
pub type Input = Box<dyn BufRead + Send>;

/// `wsgi.errors`: where an application writes what went wrong, as text.
pub type Errors = Box<dyn Write + Send>;

/// `wsgi.file_wrapper`: makes a body of something that can be read, and of the
/// size of the blocks that it should be read in.
pub type FileWrapper = fn(FileLike, usize) -> Body;

/// The variables of one request.
pub struct Environ {
    /// Names and values, each value directly behind its name.
    bytes: Vec<u8>,
    variables: Vec<Variable>,
    /// The variables whose names begin with `wsgi.`.
    pub wsgi: Wsgi,
    own: Vec<(Cow<'static, str>, Box<dyn Any + Send>)>,
}

/// Where a variable lies in the buffer.
#[derive(Clone, Copy)]
struct Variable {
    start: usize,
    value: usize,
    end: usize,
}

// ANCHOR: wsgi
/// The variables that the PEP adds to CGI's; all but the last must be there.
pub struct Wsgi {
    /// `(1, 0)`.
    pub version: (u8, u8),
    /// The scheme of the URL that was asked for: `http` or `https`.
    pub url_scheme: Cow<'static, str>,
    /// The content of the request.
    pub input: Input,
    /// The log.
    pub errors: Errors,
    /// Whether another thread of this process may call the application now.
    pub multithread: bool,
    /// Whether another process may call an application like it now.
    pub multiprocess: bool,
    /// Whether the gateway expects to call the application only this once.
    pub run_once: bool,
    /// How the gateway wants files to be returned, if it has a fast way.
    pub file_wrapper: Option<FileWrapper>,
}
// ANCHOR_END: wsgi

impl Default for Wsgi {
    /// One request without content, errors to standard error, nobody else.
    fn default() -> Self {
        Wsgi {
            version: (1, 0),
            url_scheme: Cow::Borrowed("http"),
            input: Box::new(io::empty()),
            errors: Box::new(StandardError),
            multithread: false,
            multiprocess: false,
            run_once: false,
            file_wrapper: Some(Body::file),
        }
    }
}

impl Environ {
    /// No variables but those of [`Wsgi::default`].
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(0, 0)
    }

    /// The same, with room for so many variables of so many bytes in all, so
    /// that filling it costs two allocations.
    #[must_use]
    pub fn with_capacity(variables: usize, bytes: usize) -> Self {
        Environ {
            bytes: Vec::with_capacity(bytes),
            variables: Vec::with_capacity(variables),
            wsgi: Wsgi::default(),
            own: Vec::new(),
        }
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<NativeStr<'_>> {
        let variable = self.variables[self.position(name.as_bytes())?];
        Some(NativeStr::from_bytes(&self.bytes[variable.value..variable.end]))
    }

    /// The same; a variable that is absent is an empty string. The PEP lets a
    /// gateway leave out most variables that are empty.
    #[must_use]
    pub fn get_or_empty(&self, name: &str) -> NativeStr<'_> {
        self.get(name).unwrap_or_default()
    }

    /// Gives a variable a value, in place of the one that it has.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        let variable = Variable {
            start: self.bytes.len(),
            value: self.bytes.len() + name.len(),
            end: self.bytes.len() + name.len() + value.len(),
        };
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(value);
        match self.position(name.as_bytes()) {
            Some(at) => self.variables[at] = variable,
            None => self.variables.push(variable),
        }
    }

    /// Adds a variable that is not there yet, without looking whether it is:
    /// for a gateway, which knows. Of two of the same name the first is found.
    pub fn append(&mut self, name: &[u8], value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name);
        let value_at = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.variables.push(Variable { start, value: value_at, end: self.bytes.len() });
    }

    /// Takes a variable out.
    pub fn remove(&mut self, name: &str) {
        self.variables
            .retain(|variable| self.bytes[variable.start..variable.value] != *name.as_bytes());
    }

    /// Names and values, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (NativeStr<'_>, NativeStr<'_>)> {
        self.variables.iter().map(|variable| {
            (
                NativeStr::from_bytes(&self.bytes[variable.start..variable.value]),
                NativeStr::from_bytes(&self.bytes[variable.value..variable.end]),
            )
        })
    }

    /// Keeps a value of any type for those further in: a server's or a
    /// middleware's own. Names are lower case and begin with whose it is, for
    /// example `guest_book.user`.
    pub fn set_own(&mut self, name: impl Into<Cow<'static, str>>, value: impl Any + Send) {
        let name = name.into();
        self.own.retain(|(there, _)| *there != name);
        self.own.push((name, Box::new(value)));
    }

    /// The value kept under that name, if it is of that type.
    #[must_use]
    pub fn own<T: Any>(&self, name: &str) -> Option<&T> {
        self.own.iter().find(|(there, _)| there == name).and_then(|(_, value)| value.downcast_ref())
    }

    /// The names of the values kept with [`set_own`](Self::set_own).
    pub fn own_names(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(|(name, _)| name.as_ref())
    }

    fn position(&self, name: &[u8]) -> Option<usize> {
        self.variables
            .iter()
            .position(|variable| self.bytes[variable.start..variable.value] == *name)
    }
}

impl Default for Environ {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Environ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// Standard error, in a box that needs no memory.
struct StandardError;

impl Write for StandardError {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stderr().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(environ: &Environ) -> String {
        environ.iter().map(|(name, value)| format!("{name}={value};")).collect()
    }

    #[test]
    fn a_variable_has_one_value_and_keeps_its_place() {
        let mut environ = Environ::new();
        environ.set("A", b"1");
        environ.set("B", b"");
        environ.set("A", b"three");
        assert_eq!(all(&environ), "A=three;B=;");
        assert!(environ.get("B").is_some_and(NativeStr::is_empty));
        assert_eq!(environ.get("AB"), None);
        environ.remove("A");
        assert_eq!(all(&environ), "B=;");
    }

    #[test]
    fn a_name_is_not_found_by_its_beginning_or_in_a_value() {
        let mut environ = Environ::with_capacity(4, 64);
        environ.append(b"HTTP_HOST", b"PATH");
        assert_eq!(environ.get("HTTP"), None);
        assert_eq!(environ.get("PATH"), None);
        assert_eq!(environ.get(""), None);
    }

    #[test]
    fn own_values_have_their_type() {
        let mut environ = Environ::new();
        environ.set_own("test.number", 1_u8);
        environ.set_own("test.number", 2_u8);
        assert_eq!(environ.own::<u8>("test.number"), Some(&2));
        assert_eq!(environ.own::<u16>("test.number"), None);
        assert_eq!(environ.own_names().count(), 1);
    }
}
