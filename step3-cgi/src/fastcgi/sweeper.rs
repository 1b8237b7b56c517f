//! Closes connections that have nothing to do.
//!
//! Chapter 4
//!
//! *Strategy*: a kept connection is worth something while requests come. When
//! they stop, it only keeps a process of the application from others, and
//! nothing happens at which somebody could notice: so one thread looks, once a
//! second, at all applications of the server. It ends when this is dropped.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::backend::Backend;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Looks after the kept connections of some applications.
#[derive(Debug)]
pub struct Sweeper {
    /// Dropped to end it.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sweeper {
    /// Begins to look after these; without any, there is nothing to do.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(backends: Vec<Arc<Backend>>) -> std::io::Result<Self> {
        if backends.is_empty() {
            return Ok(Sweeper { stop: None, thread: None });
        }
        let (stop, stopped) = channel();
        let sweep = move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                backends.iter().for_each(|backend| backend.close_silent());
            }
        };
        let thread = thread::Builder::new().name("sweeper".to_owned()).spawn(sweep)?;
        Ok(Sweeper { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
