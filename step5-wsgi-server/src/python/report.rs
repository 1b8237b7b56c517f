//! What went wrong in an application: for the log whole, for the client plain.
//!
//! Chapter 6 · PEP 3333, *Error Handling*
//!
//! *Strategy*: whatever an application raises ends here, `SystemExit` and
//! `KeyboardInterrupt` too: a request must not end the server. The log gets the
//! traceback as Python itself would print it, under the request that it
//! belongs to. The client gets 500 and not a word of the traceback, which is
//! nobody's business.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::call::Call;
use crate::gateway::failure;
use crate::responder::Answer;

/// Writes an error into the log, and answers 500, or cuts off what was begun.
pub(super) fn failed(error: &PyErr, environ: &Bound<'_, PyDict>, call: &Call) -> Answer {
    let variable = |name| match environ.get_item(name) {
        Ok(Some(value)) => value.to_string(),
        _ => String::new(),
    };
    let (method, path) = (variable("REQUEST_METHOD"), variable("PATH_INFO"));
    let traceback = traceback(environ.py(), error);
    log::error!("the application failed at {method} {path:?}\n{traceback}");
    failure(call.finish_push(), &error.to_string())
}

/// Writes an error into the log that came when the answer was under way.
pub(super) fn log(py: Python<'_>, what: &str, error: &PyErr) {
    log::error!("{what}\n{}", traceback(py, error));
}

/// The traceback as Python prints it, with the errors that led to this one.
pub(super) fn traceback(py: Python<'_>, error: &PyErr) -> String {
    let formatted = py
        .import("traceback")
        .and_then(|module| {
            let error = (error.get_type(py), error.value(py), error.traceback(py));
            module.call_method1("format_exception", error)
        })
        .and_then(|lines| lines.extract::<Vec<String>>());
    match formatted {
        Ok(lines) => lines.concat().trim_end().to_owned(),
        Err(_) => error.to_string(),
    }
}
