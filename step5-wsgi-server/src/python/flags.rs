//! The flags that only an application in Python has.
//!
//! Chapter 6
//!
//! *Strategy*: they have the names that users of gunicorn know. The interpreter
//! is started here, on the thread that will serve, and ended here: what an
//! application has registered with `atexit` runs, as at the end of any program.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

use super::error::LoadError;
use super::paths::Paths;
use super::{PythonApplication, load, report};

/// Where an application in Python is, and how it is served.
#[derive(Debug, Clone, clap::Args)]
pub struct PythonArgs {
    /// Python: change to this folder first; modules are looked for in it
    #[arg(long, value_name = "FOLDER")]
    chdir: Option<PathBuf>,

    /// Python: look for modules in this folder too; several with commas between
    #[arg(long, value_name = "FOLDER", value_delimiter = ',')]
    pythonpath: Vec<PathBuf>,

    /// Python: use the packages of this virtual environment; without the flag
    /// that of `VIRTUAL_ENV`, which an activated one sets
    #[arg(long, value_name = "FOLDER")]
    venv: Option<PathBuf>,

    /// Python: start anew when a file of the application has changed; for
    /// development
    #[arg(long)]
    pub(crate) reload: bool,
}

impl PythonArgs {
    /// Starts the interpreter and loads an application.
    ///
    /// # Errors
    /// Why there is none.
    pub fn start(&self, name: &str) -> Result<PythonApplication, LoadError> {
        let name = name.parse::<load::Name>()?;
        let paths = Paths {
            chdir: self.chdir.clone(),
            pythonpath: self.pythonpath.clone(),
            venv: self.venv.clone(),
        };
        Python::initialize();
        Python::attach(|py| {
            paths.enter(py)?;
            let application = load::load(py, &name)?;
            PythonApplication::new(py, application).map_err(|error| LoadError::Import {
                module: name.module,
                traceback: report::traceback(py, &error),
            })
        })
    }
}

/// Ends the interpreter's work: threads that are no daemons are waited for,
/// what was registered with `atexit` runs, and what was printed is written. All
/// this belongs on the thread that started the interpreter. If an application
/// does not come to its end within `patience`, the process ends without it.
pub fn finish(patience: Duration) {
    let (done, is_done) = channel::<()>();
    let watch = thread::Builder::new().name("end of Python".to_owned()).spawn(move || {
        if is_done.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            log::error!("the application has not ended within {patience:?}: it is left behind");
            std::process::exit(0);
        }
    });
    end_of_python();
    drop(done);
    if let Ok(watch) = watch {
        let _ = watch.join();
    }
}

fn end_of_python() {
    Python::initialize();
    Python::attach(|py| {
        let steps = [("threading", "_shutdown"), ("atexit", "_run_exitfuncs")];
        for (module, function) in steps {
            let done = py.import(module).and_then(|module| module.call_method0(function));
            if let Err(error) = done {
                report::log(py, "what the application does at its end failed", &error);
            }
        }
        for stream in ["stdout", "stderr"] {
            let _ = py.import("sys").and_then(|sys| sys.getattr(stream)?.call_method0("flush"));
        }
    });
}
