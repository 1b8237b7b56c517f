//! The variables of the last request, as a pattern for those of the next.
//!
//! Chapter 6 · PEP 3333, *environ Variables*
//!
//! *Strategy*: nearly everything in an environ stood in the one before it: the
//! same names, the same host, the same browser. To compare a few bytes is much
//! less work than to make a Python string of them and put it into a dict. So the
//! variables of a request are compared with those of the last one, in order.
//! Where a value differs, it is set anew; where a name does, all that is left of
//! the last request is taken out, and that of this request put in. So nothing of
//! the one is ever seen by the other, and what is kept is never more than one
//! request.
//!
//! The server's own names are interned: a dict finds a key fastest if it is the
//! very object that the application asks for. Names that clients choose are not,
//! since some versions of Python never forget what was interned: a client could
//! fill the memory with names.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// The environ of the last request, before its application had it.
pub(super) struct Pattern {
    dict: Py<PyDict>,
    variables: Vec<Variable>,
}

/// What is in the dict, as bytes.
struct Variable {
    name: String,
    value: Vec<u8>,
    key: Py<PyString>,
}

/// The next request on its way into the pattern.
pub(super) struct Filling<'p, 'py> {
    dict: Bound<'py, PyDict>,
    variables: &'p mut Vec<Variable>,
    at: usize,
    outcome: PyResult<()>,
}

impl Pattern {
    /// The pattern of no request yet; `base` is what all have.
    pub(super) fn new(base: &Bound<'_, PyDict>) -> PyResult<Self> {
        Ok(Pattern { dict: base.copy()?.unbind(), variables: Vec::new() })
    }

    /// Begins with the next request. If that fails, the pattern is of no use.
    pub(super) fn fill<'p, 'py>(&'p mut self, py: Python<'py>) -> Filling<'p, 'py> {
        let dict = self.dict.bind(py).clone();
        Filling { dict, variables: &mut self.variables, at: 0, outcome: Ok(()) }
    }

    /// An environ like this, for an application.
    pub(super) fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.dict.bind(py).copy()
    }
}

impl Filling<'_, '_> {
    // ANCHOR: set
    /// The next variable of the request.
    pub(super) fn set(&mut self, name: &str, value: &[u8]) {
        let done = match self.variables.get_mut(self.at) {
            Some(last) if last.name == name && last.value == value => Ok(()),
            Some(last) if last.name == name => last.change(&self.dict, value),
            _ => self.differs_from_here(name, value),
        };
        self.at += 1;
        if done.is_err() {
            self.outcome = done;
        }
    }
    // ANCHOR_END: set

    /// That was the last variable.
    ///
    /// # Errors
    /// When Python has no memory left.
    pub(super) fn end(mut self) -> PyResult<()> {
        self.forget_the_rest()?;
        self.outcome
    }

    fn differs_from_here(&mut self, name: &str, value: &[u8]) -> PyResult<()> {
        self.forget_the_rest()?;
        let py = self.dict.py();
        let key = match name.starts_with("HTTP_") && name != "HTTP_HOST" {
            true => PyString::new(py, name),
            false => PyString::intern(py, name),
        };
        let mut variable = Variable { name: name.to_owned(), value: Vec::new(), key: key.unbind() };
        variable.change(&self.dict, value)?;
        self.variables.push(variable);
        Ok(())
    }

    fn forget_the_rest(&mut self) -> PyResult<()> {
        let rest = self.variables.drain(self.at.min(self.variables.len())..);
        rest.into_iter().try_for_each(|last| self.dict.del_item(last.key))
    }
}

impl Variable {
    fn change(&mut self, dict: &Bound<'_, PyDict>, value: &[u8]) -> PyResult<()> {
        self.value.clear();
        self.value.extend_from_slice(value);
        dict.set_item(&self.key, native_string(dict.py(), value))
    }
}

/// A str of a character for each byte (Latin-1), whatever the bytes mean.
/// [PEP 3333, *A Note On String Types*](https://peps.python.org/pep-3333/#a-note-on-string-types)
fn native_string<'py>(py: Python<'py>, bytes: &[u8]) -> Bound<'py, PyString> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => PyString::new(py, text),
        _ => PyString::new(py, &bytes.iter().copied().map(char::from).collect::<String>()),
    }
}
