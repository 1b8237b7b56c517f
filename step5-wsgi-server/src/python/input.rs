//! `wsgi.input`: the content of a request, as a file of Python.
//!
//! Chapter 6 · PEP 3333, *Input and Error Streams*
//!
//! *Strategy*: the content is there whole before the application is called, so
//! nothing here ever waits for a client, and it ends where the content ends,
//! however it was framed: `read()` without a size is safe.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use step3_cgi::spool::Spool;

/// The content of one request. Nothing of Python runs while the lock is held.
#[pyclass(frozen, module = "step5_wsgi_server")]
pub(super) struct Input(Mutex<BufReader<Spool>>);

impl Input {
    pub(super) fn new(content: Spool) -> Self {
        Input(Mutex::new(BufReader::new(content)))
    }

    fn content(&self) -> MutexGuard<'_, BufReader<Spool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Input {
    /// At most `size` bytes; all that is left without a size.
    #[pyo3(signature = (size = None, /))]
    fn read<'py>(&self, py: Python<'py>, size: Option<isize>) -> PyResult<Bound<'py, PyBytes>> {
        let mut content = self.content();
        let buffered = content.buffer().len();
        let left = content.get_ref().length() + buffered as u64;
        let length = most(size).min(usize::try_from(left).unwrap_or(usize::MAX));
        if buffered == 0
            && let Some(bytes) = content.get_ref().in_memory()
        {
            let bytes = PyBytes::new(py, &bytes[..length]);
            content.get_mut().consume(length);
            return Ok(bytes);
        }
        PyBytes::new_with(py, length, |out| Ok(content.read_exact(out)?))
    }

    /// The next line with its end; at most `size` bytes of it.
    #[pyo3(signature = (size = None, /))]
    fn readline<'py>(&self, py: Python<'py>, size: Option<isize>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &line(&mut self.content(), most(size))?))
    }

    /// The lines that are left; no more once they hold `hint` bytes.
    #[pyo3(signature = (hint = None, /))]
    fn readlines<'py>(&self, py: Python<'py>, hint: Option<isize>) -> PyResult<Bound<'py, PyList>> {
        // 0 means no limit, as in Python's own files.
        let most = most(hint.filter(|&hint| hint > 0));
        let (lines, mut length) = (PyList::empty(py), 0);
        while length < most {
            let line = line(&mut self.content(), usize::MAX)?;
            if line.is_empty() {
                break;
            }
            length += line.len();
            lines.append(PyBytes::new(py, &line))?;
        }
        Ok(lines)
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let line = line(&mut self.content(), usize::MAX)?;
        Ok((!line.is_empty()).then(|| PyBytes::new(py, &line)))
    }
}

/// The bytes that a size allows: a negative one, as none, all.
fn most(size: Option<isize>) -> usize {
    size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX)
}

fn line(content: &mut BufReader<Spool>, most: usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    content.take(most as u64).read_until(b'\n', &mut line)?;
    Ok(line)
}
