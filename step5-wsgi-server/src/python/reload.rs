//! Has the code changed? Then the program starts anew.
//!
//! Chapter 6
//!
//! *Strategy*: for development only. Once a second a thread asks the system when
//! the files of all imported modules were changed. If one was, the server is
//! stopped as by SIGTERM, so that what is under way is finished, and the program
//! is run again in the same process, with the same arguments. Modules are never
//! exchanged in a running interpreter: what they have left in others would stay.

use std::collections::HashMap;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rustix::process::{Signal, getpid, kill_process};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_secs(1);

/// A thread that watches the files of the application.
pub struct Watcher {
    thread: JoinHandle<()>,
    stop: Sender<()>,
    changed: Arc<AtomicBool>,
}

impl Watcher {
    /// Watches from now on; a change stops the process as SIGTERM does.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start() -> io::Result<Self> {
        let (stop, stopped) = channel();
        let mut seen = HashMap::new();
        has_changed(&mut seen);
        let changed = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&changed);
        let thread = thread::Builder::new().name("reload".to_owned()).spawn(move || {
            if let Some(path) = watch(&mut seen, &stopped) {
                log::warn!("{} has changed: starting anew", path.display());
                flag.store(true, Ordering::SeqCst);
                let _ = kill_process(getpid(), Signal::TERM);
            }
        })?;
        Ok(Watcher { thread, stop, changed })
    }

    /// Ends the watch; whether a file has changed.
    #[must_use]
    pub fn finish(self) -> bool {
        drop(self.stop);
        let _ = self.thread.join();
        self.changed.load(Ordering::SeqCst)
    }
}

/// When each file was changed, as far as it is known.
type Seen = HashMap<PathBuf, Option<SystemTime>>;

/// Waits for a file to change. `None`: the watch has ended.
fn watch(seen: &mut Seen, stopped: &Receiver<()>) -> Option<PathBuf> {
    while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
        if let Some(path) = has_changed(seen) {
            return Some(path);
        }
    }
    None
}

/// A file that has changed since it was seen first.
fn has_changed(seen: &mut Seen) -> Option<PathBuf> {
    files().into_iter().find(|path| {
        let now = changed_at(path);
        *seen.entry(path.clone()).or_insert(now) != now
    })
}

/// The files of the modules that were imported.
fn files() -> Vec<PathBuf> {
    Python::attach(|py| {
        let modules = py.import("sys").and_then(|sys| sys.getattr("modules"));
        let Ok(modules) = modules.and_then(|modules| modules.cast_into::<PyDict>()?.copy()) else {
            return Vec::new();
        };
        let file = |module: Bound<'_, PyAny>| module.getattr("__file__").ok()?.extract().ok();
        modules.values().iter().filter_map(file).collect()
    })
}

fn changed_at(path: &PathBuf) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

/// Waits for the watcher, or for whoever else stops the process.
///
/// # Errors
/// When the signals cannot be watched.
pub fn wait_for_signal() -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    signals.forever().next();
    Ok(())
}

/// Runs this program again, with the same arguments, in `folder`. It returns
/// only if that fails.
#[must_use]
pub fn start_anew(folder: &PathBuf) -> io::Error {
    match std::env::current_exe() {
        Ok(program) => {
            Command::new(program).args(std::env::args_os().skip(1)).current_dir(folder).exec()
        }
        Err(error) => error,
    }
}
