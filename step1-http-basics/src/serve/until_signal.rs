//! Ctrl-C.
//!
//! Chapter 2
//!
//! *Strategy*: a signal may come at any moment and interrupt anything, so
//! whatever it has to do is done by a thread that waits for nothing else.

use std::io;
#[cfg(unix)]
use std::thread;

use super::Server;

impl Server {
    /// Calls `serve`, and stops the server at the first SIGINT (Ctrl-C) or
    /// SIGTERM; at a second one everything is cut off.
    ///
    /// # Errors
    /// When the signals cannot be watched.
    #[cfg(unix)]
    pub fn until_signal<T>(&self, serve: impl FnOnce() -> T) -> io::Result<T> {
        use signal_hook::consts::{SIGINT, SIGTERM};

        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
        let handle = signals.handle();
        thread::scope(|scope| {
            scope.spawn(move || {
                for (count, _) in signals.forever().enumerate() {
                    if count > 0 {
                        self.open.cut_off();
                        continue;
                    }
                    self.stop();
                    // The accept loop may be busy with a connection itself, so
                    // somebody else watches that the grace is kept.
                    scope.spawn(|| self.open.wait_until_empty(self.grace));
                }
            });
            let served = serve();
            handle.close();
            Ok(served)
        })
    }

    /// Calls `serve`. Here Ctrl-C ends the process at once.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn until_signal<T>(&self, serve: impl FnOnce() -> T) -> io::Result<T> {
        Ok(serve())
    }
}
