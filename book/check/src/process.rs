//! Runs a program to its end, or to its deadline.
//!
//! *Strategy*: the program gets one pipe for stdout and stderr, so that what it prints comes in the
//! order in which a terminal would show it, and a process group of its own, so that its children
//! can be ended with it.
//!
//! ```
//! use std::{process::Command, time::Duration};
//! let mut echo = Command::new("sh");
//! echo.args(["-c", "echo out; echo err >&2"]);
//! let finished = check::process::run(echo, Duration::from_secs(10)).unwrap();
//! assert_eq!(finished.output, b"out\nerr\n");
//! ```

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

/// More than this no command of the book prints.
const OUTPUT_LIMIT: u64 = 1 << 20;

/// How a program ended.
#[derive(Debug)]
pub struct Finished {
    /// stdout and stderr, in order.
    pub output: Vec<u8>,
    /// Its exit status.
    pub status: ExitStatus,
}

/// Why there is no [`Finished`].
#[derive(Debug)]
pub enum Error {
    /// It could not be started.
    Start(io::Error),
    /// It was still running, or a child of it still held the output, and was killed.
    Expired {
        /// The time it had.
        after: Duration,
        /// What it had printed.
        output: Vec<u8>,
    },
    /// It printed more than a megabyte.
    TooMuchOutput,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Start(error) => write!(f, "cannot be started: {error}"),
            Self::Expired { after, output } => write!(
                f,
                "still running after {after:.1?}, and killed; it had printed {:?}",
                String::from_utf8_lossy(output)
            ),
            Self::TooMuchOutput => {
                write!(f, "printed more than {OUTPUT_LIMIT} bytes, and was killed")
            }
        }
    }
}

impl std::error::Error for Error {}

/// Runs `command` for at most `deadline`.
///
/// # Errors
/// When it does not start, does not end in time, or prints without end.
pub fn run(mut command: Command, deadline: Duration) -> Result<Finished, Error> {
    let (reader, writer) = io::pipe().map_err(Error::Start)?;
    let twin = writer.try_clone().map_err(Error::Start)?;
    command.stdout(writer).stderr(twin).process_group(0);
    let mut child = command.spawn().map_err(Error::Start)?;
    // The command holds the pipe's writing ends: dropped, so that its end can be seen.
    drop(command);
    let (chunks, received) = mpsc::channel();
    let reading = std::thread::spawn(move || read_into(reader.take(OUTPUT_LIMIT + 1), &chunks));
    let result = collect(&received, &mut child, deadline);
    if result.is_err() {
        end_group(&child);
        // Reaped, so that nothing is left behind; it cannot refuse the signal.
        let _ = child.wait();
    }
    drop(received);
    let _ = reading.join();
    result
}

fn read_into(mut reader: impl Read, chunks: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; 8192];
    while let Ok(n @ 1..) = reader.read(&mut buffer) {
        if chunks.send(buffer[..n].to_vec()).is_err() {
            return;
        }
    }
}

/// Gathers the output until it ends, then the exit status.
fn collect(
    received: &mpsc::Receiver<Vec<u8>>,
    child: &mut Child,
    deadline: Duration,
) -> Result<Finished, Error> {
    let end = std::time::Instant::now() + deadline;
    let mut output = Vec::new();
    loop {
        let left = end.saturating_duration_since(std::time::Instant::now());
        match received.recv_timeout(left) {
            Ok(chunk) => output.extend(chunk),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Err(Error::Expired { after: deadline, output });
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    if output.len() as u64 > OUTPUT_LIMIT {
        return Err(Error::TooMuchOutput);
    }
    match wait_until(child, end) {
        Some(status) => Ok(Finished { output, status }),
        None => Err(Error::Expired { after: deadline, output }),
    }
}

/// Waits for `child` to end, at most until `end`.
///
/// A program that has closed its output is as good as gone: this looks again each millisecond.
pub(crate) fn wait_until(child: &mut Child, end: std::time::Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if std::time::Instant::now() < end => {
                std::thread::sleep(Duration::from_millis(1));
            }
            _ => return None,
        }
    }
}

/// Kills the child and all its children.
fn end_group(child: &Child) {
    if let Some(group) = pid(child) {
        // It may be gone already, which is what we want.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// The child's process id, as the system calls want it.
pub(crate) fn pid(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn sh(script: &str, deadline: Duration) -> Result<Finished, Error> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, deadline)
    }

    #[test]
    fn the_status_is_kept() {
        assert_eq!(sh("exit 3", Duration::from_secs(10)).unwrap().status.code(), Some(3));
    }

    #[test]
    fn a_program_that_hangs_is_killed_with_its_children() {
        let start = Instant::now();
        let error =
            sh("echo begun; sleep 100 & sleep 100", Duration::from_millis(300)).unwrap_err();
        assert!(error.to_string().contains("begun"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_child_that_keeps_the_output_open_is_noticed() {
        let error = sh("sleep 100 &", Duration::from_millis(300)).unwrap_err();
        assert!(matches!(error, Error::Expired { .. }), "{error}");
    }

    #[test]
    fn a_program_that_prints_without_end_is_ended() {
        let error = sh(
            "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done",
            Duration::from_secs(30),
        );
        assert!(matches!(error, Err(Error::TooMuchOutput)), "{error:?}");
    }
}
