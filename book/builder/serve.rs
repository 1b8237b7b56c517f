//! Serves the built book, by the server that chapter 3 builds.
//!
//! Chapter 3 · `step2-static-server`
//!
//! *Strategy.* Nothing of its own: step 2's handler and dispatch on step 1's
//! accept loop, at the address that the flag names.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Error, Result};
use step1_http_basics::cli::{self, ListenArgs};
use step1_http_basics::connection::Service;
use step1_http_basics::limits::Limits;
use step2_static_server::dispatch;
use step2_static_server::static_files::StaticFiles;

/// How many connections are served at a time.
const CONNECTIONS: usize = 64;

/// How long a stop waits for what is in flight.
const GRACE: Duration = Duration::from_secs(5);

/// Serves `pages` at 127.0.0.1 until Ctrl-C.
///
/// # Errors
///
/// A port that cannot be had, or pages that cannot be read.
pub(crate) fn serve(pages: &Path, port: u16) -> Result<()> {
    let files =
        StaticFiles::open(pages).with_context(|| format!("cannot serve {}", pages.display()))?;
    let service = Service::new(&files, Limits::default());
    let listen =
        ListenArgs { addr: "127.0.0.1".to_owned(), port: Some(port), quiet: true, xray: false };
    let server = listen.bind(CONNECTIONS, GRACE).map_err(Error::msg)?;
    cli::announce("book", &format!("serving {}", pages.display()), &server)?;
    server.until_signal(|| dispatch::thread_per_connection(&server, &service))?;
    Ok(())
}
