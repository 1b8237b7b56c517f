//! Content that Python makes while it is sent.
//!
//! Chapter 6 · PEP 3333, *Buffering and Streaming*
//!
//! *Strategy*: the iterable is asked for a block when the one before is on its
//! way. What it is asked under is the lock of the interpreter; what it gave is
//! copied without. `close()` is called once, always, and after everything else:
//! when the content has ended, when it has failed, and when the client has left.

use std::io;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyIterator};
use step1_http_basics::handler::Body;

use super::report;
use super::start_response::not;
use crate::gateway::blocks::Blocks;

/// What is left of an iterable. Its drop closes it.
pub(super) struct Rest {
    iterator: Option<Py<PyIterator>>,
    close: Option<Py<PyAny>>,
    expects_end: bool,
}

impl Rest {
    /// All of an iterable, which is closed from now on whatever happens.
    pub(super) fn of(iterable: &Bound<'_, PyAny>) -> Self {
        // It may be looked up now: nobody has a reason to change it later.
        let close = iterable.getattr_opt(intern!(iterable.py(), "close")).ok().flatten();
        Rest { iterator: None, close: close.map(Bound::unbind), expects_end: false }
    }

    /// Begins to iterate.
    ///
    /// # Errors
    /// When it is nothing that can be iterated.
    pub(super) fn begin(&mut self, iterable: &Bound<'_, PyAny>) -> PyResult<()> {
        let iterator = iterable.try_iter().map_err(|error| match iterable.hasattr("__iter__") {
            Ok(false) => not(iterable, "what the application returns", "an iterable of bytes"),
            _ => error,
        })?;
        self.iterator = Some(iterator.unbind());
        Ok(())
    }

    /// Notes that all of what was promised has come, so that the iterator, when
    /// it is asked for the last time, should have ended.
    pub(super) fn should_be_over(&mut self) {
        self.expects_end = true;
    }

    /// The next block that is not empty.
    ///
    /// # Errors
    /// What the application raises, or that it is no block of bytes.
    pub(super) fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let Some(iterator) = &self.iterator else { return Ok(None) };
        for item in iterator.bind(py).clone() {
            let block = block(&item?)?;
            if !block.as_bytes().is_empty() {
                return Ok(Some(block));
            }
        }
        self.iterator = None;
        Ok(None)
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        if !self.expects_end && self.close.is_none() {
            return;
        }
        Python::attach(|py| {
            if self.expects_end {
                match self.next(py) {
                    Ok(None) => {}
                    Ok(Some(block)) => log::error!(
                        "the application made {} bytes and more than its Content-Length says; \
                         they were not sent",
                        block.as_bytes().len()
                    ),
                    Err(error) => {
                        report::log(py, "the application failed after its last block", &error);
                    }
                }
            }
            if let Some(close) = self.close.take()
                && let Err(error) = close.call0(py)
            {
                report::log(py, "close() of a response failed", &error);
            }
        });
    }
}

/// An object, if it is a block.
pub(super) fn block<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    object.cast::<PyBytes>().cloned().map_err(|_| not(object, "a block of the content", "bytes"))
}

/// The blocks of an iterable, the first of which may have come already.
pub(super) fn stream(first: Option<PyBackedBytes>, mut rest: Rest) -> Body {
    let next = move || {
        Python::attach(|py| match rest.next(py) {
            Ok(block) => Ok(block.map(PyBackedBytes::from)),
            Err(error) => {
                let what =
                    "the application failed when its response was under way, which is cut off";
                report::log(py, what, &error);
                Err(io::Error::other(error.to_string()))
            }
        })
    };
    Body::Stream(Box::new(Blocks::new(first, next)))
}
