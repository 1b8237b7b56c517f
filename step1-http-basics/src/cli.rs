//! What the command lines of the steps have in common.
//!
//! Chapter 2
//!
//! *Strategy*: every step is started, found and stopped in the same way, so the
//! flags, the document root and the messages are written once. A step adds its
//! own flags beside these with `#[command(flatten)]`.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

pub use crate::output::print;
use crate::serve::Server;
use crate::xray::{Colour, Style};

/// Where a step listens, and what it shows on the terminal.
#[derive(Debug, Clone, Args)]
pub struct ListenArgs {
    /// Listen at this host and port; port 0 means any free one
    #[arg(long, value_name = "HOST[:PORT]", default_value = "127.0.0.1:8000")]
    pub addr: String,

    /// Listen at this port; wins over the port of --addr
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,

    /// Print nothing for each request
    #[arg(long)]
    pub quiet: bool,

    /// Show each exchange on the terminal, byte by byte, each part named
    #[arg(long)]
    pub xray: bool,
}

impl ListenArgs {
    /// Listens as the flags say.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do about it.
    pub fn bind(&self, capacity: usize, grace: Duration) -> Result<Server, String> {
        let (host, port) = self.host_and_port()?;
        Server::bind((host, port), capacity, grace)
            .map_err(|error| cannot_listen(format_args!("{host}, port {port}"), port, &error))
    }

    fn host_and_port(&self) -> Result<(&str, u16), String> {
        let (host, port) =
            host_and_port(&self.addr).map_err(|error| format!("--addr: {error}."))?;
        if host.is_empty() {
            return Err(format!(
                "--addr {} has no host: write 127.0.0.1:8000, or 0.0.0.0:8000 for all.",
                self.addr
            ));
        }
        Ok((host, self.port.unwrap_or(port)))
    }
}

/// The host and the port of an address; without a port 8000. The colons of an
/// IPv6 address stand in brackets: `[::1]:80`.
///
/// # Errors
/// A sentence that says what is no port.
pub fn host_and_port(address: &str) -> Result<(&str, u16), String> {
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port))
            if !port.ends_with(']') && (!host.contains(':') || host.starts_with('[')) =>
        {
            let number = port.parse().map_err(|_| {
                format!("{port:?} in {address} is not a port: a port is a number from 0 to 65535")
            })?;
            (host, number)
        }
        _ => (address, 8000),
    };
    Ok((host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host), port))
}

/// What is wrong, and what to do about it, when a server cannot listen at
/// `address`, which has this port.
#[must_use]
pub fn cannot_listen(address: impl Display, port: u16, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "port {port} is in use already: another program listens there. \
             Choose another with --port, or any free one with --port 0."
        ),
        ErrorKind::PermissionDenied => format!(
            "not allowed to listen at port {port}. Ports below 1024 need privileges: choose one above with --port."
        ),
        _ => format!("cannot listen at {address}: {error}"),
    }
}

/// Which files a step serves.
#[derive(Debug, Clone, Args)]
pub struct RootArgs {
    /// Serve the files of this folder [default: ./www, else the workspace's www]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

impl RootArgs {
    /// The document root: what `--root` says, else `./www` if there is one,
    /// else the sample pages of this workspace.
    #[must_use]
    pub fn directory(&self) -> PathBuf {
        let here = Path::new("www");
        match &self.root {
            Some(root) => root.clone(),
            None if here.is_dir() => here.to_owned(),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../www"),
        }
    }
}

/// Says where the server is to be found, before the first connection.
///
/// # Errors
/// When standard output is gone.
pub fn announce(program: &str, what: &str, server: &Server) -> io::Result<()> {
    let address = server.address();
    let mut out = io::stdout().lock();
    writeln!(out, "{program}: {what}")?;
    writeln!(out, "Open http://{address}/ in a browser. Ctrl-C stops the server.")?;
    out.flush()
}

/// How the x-ray is drawn on this terminal; in colours only if it is one, and
/// only if the user has not set `NO_COLOR`.
#[must_use]
pub fn style() -> Style {
    let may = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let colour = if may && io::stdout().is_terminal() { Colour::Ansi } else { Colour::Plain };
    Style { colour, ..Style::default() }
}

/// Prints what the libraries have to say, warnings and worse, on standard error.
pub fn log_to_stderr() {
    struct Stderr;
    impl log::Log for Stderr {
        fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
            metadata.level() <= log::Level::Warn
        }
        fn log(&self, record: &log::Record<'_>) {
            if self.enabled(record.metadata()) {
                let level = record.level().as_str().to_lowercase();
                let line = format!("{level}: {}\n", record.args());
                // One write, or lines of several processes may mix. If standard
                // error is gone there is nobody left to tell.
                let _ = io::stderr().write_all(line.as_bytes());
            }
        }
        fn flush(&self) {}
    }
    if log::set_logger(&Stderr).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(addr: &str, port: Option<u16>, expected: Option<(&str, u16)>) {
        let args = ListenArgs { addr: addr.to_owned(), port, quiet: false, xray: false };
        assert_eq!(args.host_and_port().ok(), expected, "{addr}");
    }

    #[test]
    fn an_address_is_a_host_and_perhaps_a_port() {
        check("127.0.0.1:8000", None, Some(("127.0.0.1", 8000)));
        check("127.0.0.1:8000", Some(0), Some(("127.0.0.1", 0)));
        check("localhost", None, Some(("localhost", 8000)));
        check("[::1]:80", None, Some(("::1", 80)));
        check("[::1]", None, Some(("::1", 8000)));
        check("::1", Some(1), Some(("::1", 1)));
        check("localhost:http", None, None);
        check("localhost:65536", None, None);
        check(":8000", None, None);
    }
}
