//! A request becomes a dict.
//!
//! Chapter 6 · PEP 3333, *environ Variables*; RFC 3875 §4.1
//!
//! *Strategy*: what is the same in every request is put into one dict when the
//! server starts; each request gets a copy of it, which it may do with as it
//! likes, and step 3's `meta_variables` adds what is its own. A value is a
//! native string: a character for each byte (Latin-1), whatever the bytes mean.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use step1_http_basics::framing::Framing;
use step3_cgi::meta_variables::Scheme;
use step3_cgi::spool::Spool;

use super::file_wrapper::FileWrapper;
use super::input::Input;
use super::keys::Keys;
use crate::gateway::Facts;
use crate::responder::Arrived;

/// Makes environs.
pub(super) struct Environs {
    facts: Facts,
    base: Py<PyDict>,
    keys: Keys,
    input: Py<PyString>,
}

impl Environs {
    pub(super) fn new(py: Python<'_>, facts: &Facts) -> PyResult<Self> {
        let base = PyDict::new(py);
        base.set_item("wsgi.version", (1, 0))?;
        base.set_item("wsgi.url_scheme", "http")?;
        // For requests without content: it is at its end from the beginning.
        base.set_item("wsgi.input", Bound::new(py, Input::new(Spool::new(0)))?)?;
        base.set_item("wsgi.input_terminated", true)?;
        base.set_item("wsgi.errors", py.import("sys")?.getattr("stderr")?)?;
        base.set_item("wsgi.multithread", facts.multithread)?;
        base.set_item("wsgi.multiprocess", facts.multiprocess)?;
        base.set_item("wsgi.run_once", false)?;
        base.set_item("wsgi.file_wrapper", py.get_type::<FileWrapper>())?;
        let input = PyString::intern(py, "wsgi.input").unbind();
        let facts = facts.clone();
        Ok(Environs { facts, base: base.unbind(), keys: Keys::new(py), input })
    }

    // ANCHOR: fill
    /// The environ of a request, which is used up: the application reads its
    /// content from `wsgi.input`.
    pub(super) fn fill<'py>(
        &self,
        py: Python<'py>,
        request: Arrived<'_>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let environ = self.base.bind(py).copy()?;
        let mut failed = Ok(());
        self.facts.visit(&request, |name, value| {
            let set = environ.set_item(self.keys.get(py, name), native_string(py, value));
            if let Err(error) = set {
                failed = Err(error);
            }
        });
        failed?;
        if request.scheme == Scheme::Https {
            environ.set_item("wsgi.url_scheme", "https")?;
        }
        if request.framing != Framing::None {
            environ.set_item(&self.input, Bound::new(py, Input::new(request.content))?)?;
        }
        Ok(environ)
    }
    // ANCHOR_END: fill
}

/// A str of a character for each byte.
/// [PEP 3333, *A Note On String Types*](https://peps.python.org/pep-3333/#a-note-on-string-types)
fn native_string<'py>(py: Python<'py>, bytes: &[u8]) -> Bound<'py, PyString> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => PyString::new(py, text),
        _ => PyString::new(py, &bytes.iter().copied().map(char::from).collect::<String>()),
    }
}
