//! Applications written in Python: WSGI as the world uses it.
//!
//! Chapter 6 · PEP 3333
//!
//! *Strategy*: the server lives in the same process as the interpreter, so a
//! call of the application is a call of a function. It happens on the thread
//! that has the request (the loop's own, or one of the pool's). The interpreter
//! is attached for exactly as long as Python runs: not while the server waits,
//! reads, parses or sends. What the application returns says by its type how it
//! is sent: a list of one block leaves together with its head, a file through
//! `sendfile`, anything else block by block, as it comes.
//!
//! ```text
//!   request ──► Environs ──► application(environ, start_response) ──► answer
//!               one dict     start_response checks and keeps          what the
//!               a request    status and headers in a Call             iterable is
//! ```
//!
//! | file | question |
//! |---|---|
//! | [`load`], [`paths`] | which application, and where does Python look for it? |
//! | `environ`, `pattern` | what does it find? |
//! | `input` | how does it read the content of the request? |
//! | `call`, `start_response`, `counted` | what has it said so far? |
//! | `answer`, `blocks` | what did it return? |
//! | `file_wrapper` | how does a file leave without a copy? |
//! | `report` | what went wrong? |
//! | [`flags`] | what can be chosen? |
//! | [`reload`] | has the code changed? |

mod answer;
mod blocks;
mod call;
mod counted;
mod environ;
mod error;
mod file_wrapper;
pub mod flags;
mod input;
pub mod load;
pub mod paths;
mod pattern;
pub mod reload;
mod report;
mod start_response;

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::Method;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::gateway::failure;
use crate::push::Push;
use crate::responder::{Answer, Arrived, Responder};
use crate::server::Options;
use environ::Environs;
pub use error::LoadError;
use start_response::StartResponse;

/// So many of what only one call needs at a time are kept to be used again.
const SPARE: usize = 64;

/// A Python application, ready to be called.
pub struct PythonApplication {
    application: Py<PyAny>,
    environs: Environs,
    spare: Mutex<Vec<Py<StartResponse>>>,
}

impl PythonApplication {
    /// An application that was loaded.
    ///
    /// # Errors
    /// When the interpreter has no memory left.
    pub fn new(py: Python<'_>, application: Py<PyAny>) -> PyResult<Self> {
        let environs = Environs::new(py, &Options::default().facts())?;
        Ok(PythonApplication { application, environs, spare: Mutex::default() })
    }

    // ANCHOR: call
    /// The whole of a gateway: the call, and what comes of it.
    fn call(
        &self,
        environ: &Bound<'_, PyDict>,
        start_response: &Bound<'_, StartResponse>,
        method: &Method,
    ) -> PyResult<Answer> {
        let application = self.application.bind(environ.py());
        let iterable = application.call1((environ, start_response))?;
        answer::answer(&iterable, &start_response.get().call, method)
    }
    // ANCHOR_END: call

    fn attached(&self, py: Python<'_>, request: Arrived<'_>, push: Push) -> PyResult<Answer> {
        let method = request.head.method.clone();
        let spare = self.spare().pop();
        let start_response = match spare {
            Some(spare) => spare.into_bound(py),
            None => StartResponse::new(py)?,
        };
        let call = &start_response.get().call;
        call.begin(push);
        let environ = self.environs.fill(py, request)?;
        let answer = self.call(&environ, &start_response, &method);
        let answer = answer.unwrap_or_else(|error| report::failed(&error, &environ, call));
        drop(environ);
        if StartResponse::is_forgotten(&start_response) && self.spare().len() < SPARE {
            self.spare().push(start_response.unbind());
        }
        Ok(answer)
    }

    fn spare(&self) -> MutexGuard<'_, Vec<Py<StartResponse>>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Responder for PythonApplication {
    fn respond(&self, request: Arrived<'_>, push: Push) -> Answer {
        Python::attach(|py| {
            self.attached(py, request, push).unwrap_or_else(|error| {
                report::log(py, "a request could not be made into an environ", &error);
                failure(None, &error.to_string())
            })
        })
    }

    fn serves_with(&mut self, options: &Options) {
        Python::attach(|py| match Environs::new(py, &options.facts()) {
            Ok(environs) => self.environs = environs,
            Err(error) => report::log(py, "the facts of the server are not known", &error),
        });
    }

    fn in_thread(&self, work: &mut (dyn FnMut() + Send)) {
        // Attached once for the life of the thread: so what Python keeps for a
        // thread (`threading.local`) lives as long, and is made only once.
        Python::attach(|py| py.detach(work));
    }
}
