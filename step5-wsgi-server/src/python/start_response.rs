//! `start_response(status, headers, exc_info=None)`, and the `write` it returns.
//!
//! Chapter 6 · PEP 3333, *The `start_response()` Callable*,
//! *The `write()` Callable*
//!
//! *Strategy*: whatever is wrong is raised in the application, at the line that
//! is wrong. Python's types are checked here; what the strings may hold is
//! step 4's to know.

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use step4_wsgi_interface::head::Head;
use step4_wsgi_interface::rule::Breach;

use super::call::{Call, Stage};
use super::counted::is_only_ours;

/// `start_response` of one call.
#[pyclass(frozen, name = "start_response", module = "step5_wsgi_server")]
pub(super) struct StartResponse {
    pub(super) call: Call,
    write: Py<Write>,
}

/// `write` of one call.
#[pyclass(frozen, name = "write", module = "step5_wsgi_server")]
pub(super) struct Write(Call);

impl StartResponse {
    pub(super) fn new(py: Python<'_>) -> PyResult<Bound<'_, Self>> {
        let call = Call::default();
        let write = Bound::new(py, Write(call.clone()))?.unbind();
        Bound::new(py, StartResponse { call, write })
    }

    /// Whether nobody has kept this or its `write`, so that another call may
    /// have them.
    pub(super) fn is_forgotten(this: &Bound<'_, Self>) -> bool {
        is_only_ours(this) && is_only_ours(this.get().write.bind(this.py()))
    }
}

#[pymethods]
impl StartResponse {
    #[pyo3(signature = (status, headers, exc_info = None, /))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        status: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        exc_info: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Py<Write>> {
        let mut account = self.call.account();
        match (account.stage, exc_info) {
            (Stage::Sent, Some(exc_info)) => {
                drop(account);
                return Err(raised(exc_info)?);
            }
            (Stage::NotStarted, _) | (_, Some(_)) => {}
            (_, None) => {
                return Err(PyRuntimeError::new_err(
                    "start_response was called again, without exc_info (PEP 3333, The \
                     start_response() Callable)",
                ));
            }
        }
        account.stage = Stage::Refused;
        let mut head = std::mem::take(&mut account.head);
        // What reads them is Python's, and may run anything.
        drop(account);
        read(status, headers, &mut head)?;
        let mut account = self.call.account();
        (account.head, account.stage) = (head, Stage::Stored);
        Ok(self.write.clone_ref(py))
    }
}

/// The error of an `exc_info`, to be raised anew.
fn raised(exc_info: &Bound<'_, PyAny>) -> PyResult<PyErr> {
    let value = exc_info.cast::<PyTuple>().map_err(|_| not(exc_info, "exc_info", "a tuple"))?;
    Ok(PyErr::from_value(value.get_item(1)?))
}

/// The status, and the headers: a list of pairs of strings.
fn read(status: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>, head: &mut Head) -> PyResult<()> {
    let wrong = |breach: Breach| PyValueError::new_err(breach.to_string());
    head.begin(string(status, "the status")?.to_str()?).map_err(wrong)?;
    let list = headers.cast::<PyList>().map_err(|_| not(headers, "the headers", "a list"))?;
    for item in list {
        let tuple = item.cast::<PyTuple>().map_err(|_| not(&item, "a header", "a tuple"))?;
        if tuple.len() != 2 {
            return Err(PyValueError::new_err(format!(
                "a header is a tuple of name and value, and this has {} items: {item}",
                tuple.len()
            )));
        }
        let (name, value) = (tuple.get_item(0)?, tuple.get_item(1)?);
        let name = string(&name, "the name of a header")?.to_str()?;
        let value = string(&value, "the value of a header")?.to_str()?;
        head.add(name, value).map_err(wrong)?;
    }
    Ok(())
}

fn string<'o, 'py>(
    object: &'o Bound<'py, PyAny>,
    what: &str,
) -> PyResult<&'o Bound<'py, PyString>> {
    object.cast::<PyString>().map_err(|_| not(object, what, "a str"))
}

/// Says what something is, and what it should be.
pub(super) fn not(object: &Bound<'_, PyAny>, what: &str, kind: &str) -> PyErr {
    let name = object.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{what} must be {kind}, and is of type {name}: {}", short(object)))
}

/// The beginning of an object's `repr`.
fn short(object: &Bound<'_, PyAny>) -> String {
    let repr = object.repr().map_or_else(|_| "?".to_owned(), |repr| repr.to_string());
    match repr.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &repr[..at]),
        None => repr,
    }
}

#[pymethods]
impl Write {
    #[pyo3(signature = (block, /))]
    fn __call__(&self, block: &Bound<'_, PyAny>) -> PyResult<()> {
        let block = block.cast::<PyBytes>().map_err(|_| not(block, "a block", "bytes"))?;
        self.0.write(block.as_bytes())
    }
}
