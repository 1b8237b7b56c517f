//! `wsgi.file_wrapper`: a file leaves without passing through Python.
//!
//! Chapter 6 · PEP 3333, *Optional Platform-Specific File Handling*
//!
//! *Strategy*: the wrapper is an iterable like any other, so whoever does not
//! know it can use it. But when an application returns it as it is, and what it
//! wraps is a real file, the kernel can move the bytes itself. "Real" is
//! decided by type: a `GzipFile` has a `fileno()` as well, and behind it lie
//! other bytes than those that it reads.

use std::fs::File;
use std::sync::Arc;

use pyo3::prelude::*;
use step1_http_basics::handler::Body;

/// How many bytes a block has, if nobody says.
const BLOCK: usize = 8 * 1024;

/// `FileWrapper(file, block_size)`.
#[pyclass(frozen, module = "step5_wsgi_server")]
pub(super) struct FileWrapper {
    #[pyo3(get)]
    filelike: Py<PyAny>,
    #[pyo3(get)]
    blksize: usize,
}

#[pymethods]
impl FileWrapper {
    #[new]
    #[pyo3(signature = (filelike, blksize = BLOCK))]
    fn new(filelike: Py<PyAny>, blksize: usize) -> Self {
        FileWrapper { filelike, blksize }
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let block = self.filelike.bind(py).call_method1("read", (self.blksize,))?;
        Ok(block.is_truthy()?.then_some(block))
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        match self.filelike.bind(py).getattr_opt("close")? {
            Some(close) => close.call0().map(drop),
            None => Ok(()),
        }
    }
}

impl FileWrapper {
    /// The rest of the file, if it is one that the kernel can send.
    ///
    /// # Errors
    /// When the file is closed, or does not know where it stands.
    pub(super) fn file(&self, py: Python<'_>) -> PyResult<Option<Body>> {
        let Some(object) = real(self.filelike.bind(py))? else { return Ok(None) };
        let descriptor = object.call_method0("fileno")?.extract::<u32>()?;
        let at = object.call_method0("tell")?.extract::<u64>()?;
        // Opened again, so that neither file depends on how long the other is
        // open, or on where it stands. What cannot be opened again is read.
        let Ok(file) = File::open(format!("/dev/fd/{descriptor}")) else { return Ok(None) };
        Ok(match file.metadata() {
            Ok(metadata) if metadata.is_file() && metadata.len() >= at => {
                Some(Body::File { file: Arc::new(file), range: at..metadata.len() })
            }
            _ => None,
        })
    }
}

/// The file of the operating system that an object of Python is: an unbuffered
/// one, or a reader around one.
fn real<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let io = object.py().import("io")?;
    let is = |object: &Bound<'py, PyAny>, name: &str| -> PyResult<bool> {
        Ok(object.get_type().is(&io.getattr(name)?))
    };
    if is(object, "FileIO")? {
        return Ok(Some(object.clone()));
    }
    if is(object, "BufferedReader")? && is(&object.getattr("raw")?, "FileIO")? {
        return Ok(Some(object.clone()));
    }
    Ok(None)
}
