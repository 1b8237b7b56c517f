//! Content that Python makes while it is sent.
//!
//! Chapter 6 · PEP 3333, *Buffering and Streaming*
//!
//! *Strategy*: the iterable is asked for a block when the one before is on its
//! way. What it is asked under is the lock of the interpreter; what it gave is
//! copied without. `close()` is called once, always, and after everything else:
//! when the content has ended, when it has failed, and when the client has left.

use std::io::{self, Read};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyIterator};

use super::report;
use super::start_response::not;

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

/// Blocks as something that can be read. A read gives bytes of one block only,
/// so that each block is sent when it is there.
pub(super) struct Blocks {
    block: Option<PyBackedBytes>,
    at: usize,
    rest: Rest,
}

impl Blocks {
    /// Content that begins with a block that has come already.
    pub(super) fn new(first: Option<PyBackedBytes>, rest: Rest) -> Self {
        Blocks { block: first, at: 0, rest }
    }

    fn next(&mut self) -> io::Result<()> {
        self.at = 0;
        self.block = None;
        Python::attach(|py| {
            self.block = self
                .rest
                .next(py)
                .map_err(|error| {
                    let what =
                        "the application failed when its response was under way, which is cut off";
                    report::log(py, what, &error);
                    io::Error::other(error.to_string())
                })?
                .map(PyBackedBytes::from);
            Ok(())
        })
    }
}

impl Read for Blocks {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.block.as_ref().is_none_or(|block| self.at == block.len()) {
            self.next()?;
        }
        let Some(block) = &self.block else { return Ok(0) };
        let length = out.len().min(block.len() - self.at);
        out[..length].copy_from_slice(&block[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
