//! A request becomes a dict.
//!
//! Chapter 6 · PEP 3333, *environ Variables*; RFC 3875 §4.1
//!
//! *Strategy*: a dict is kept that has what every environ has, and the
//! variables of the last request ([`Pattern`]). The variables of the next are
//! visited by step 3's `meta_variables`, and what differs is changed. Then the
//! application gets a copy, which it may do with as it likes.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use step1_http_basics::framing::Framing;
use step3_cgi::meta_variables::Scheme;
use step3_cgi::spool::Spool;

use super::file_wrapper::FileWrapper;
use super::input::Input;
use super::pattern::Pattern;
use crate::gateway::Facts;
use crate::responder::Arrived;

/// Makes environs.
pub(super) struct Environs {
    facts: Facts,
    base: Py<PyDict>,
    input: Py<PyString>,
    /// Taken while it is used: a lock that is held while Python works (it may
    /// collect garbage, and let another thread run) could wait for itself.
    pattern: Mutex<Option<Pattern>>,
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
        Ok(Environs { facts, base: base.unbind(), input, pattern: Mutex::new(None) })
    }

    // ANCHOR: fill
    /// The environ of a request, which is used up: the application reads its
    /// content from `wsgi.input`.
    pub(super) fn fill<'py>(
        &self,
        py: Python<'py>,
        request: Arrived<'_>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let pattern = self.pattern.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut pattern = match pattern {
            Some(pattern) => pattern,
            None => Pattern::new(self.base.bind(py))?,
        };
        let mut filling = pattern.fill(py);
        self.facts.visit(&request, |name, value| filling.set(name, value));
        filling.end()?;
        let environ = pattern.copy(py)?;
        *self.pattern.lock().unwrap_or_else(PoisonError::into_inner) = Some(pattern);
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
