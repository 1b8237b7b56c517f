//! Standard output that no connection has to wait for.
//!
//! Chapter 3
//!
//! *Strategy*: a line of a log is not worth a connection. If whoever reads our
//! output stops reading (a pager at its first page, a program that hangs), a
//! write would wait for ever, and with it each connection that has something to
//! tell. So it is asked first whether there is room. The first time that there
//! is none, we wait a little; after that, texts are left out until there is room
//! again, and then it says how many were.

use std::io::Write;
#[cfg(unix)]
use std::os::fd::AsFd;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A pipe that has room takes at least so many bytes without waiting (`PIPE_BUF`).
const AT_ONCE: usize = 4096;
/// How long a text waits for room, if those before it found some.
const PATIENCE: Duration = Duration::from_secs(1);

/// Prints a text on standard output. If that is gone, nobody is left to tell.
pub fn print(text: &str) {
    static LEFT_OUT: Mutex<u64> = Mutex::new(0);
    let mut left_out = LEFT_OUT.lock().unwrap_or_else(PoisonError::into_inner);
    print_to(&mut std::io::stdout().lock(), text, PATIENCE, &mut left_out);
}

#[cfg(unix)]
trait Output: Write + AsFd {}
#[cfg(unix)]
impl<W: Write + AsFd> Output for W {}
#[cfg(not(unix))]
use std::io::Write as Output;

/// Prints, or counts what was left out.
fn print_to(out: &mut impl Output, text: &str, patience: Duration, left_out: &mut u64) {
    if *left_out > 0 {
        if !has_room(out, Duration::ZERO) {
            *left_out += 1;
            return;
        }
        let _ = writeln!(out, "({left_out} texts were left out here: nobody read them)");
        let _ = out.flush();
        *left_out = 0;
    }
    for piece in text.as_bytes().chunks(AT_ONCE) {
        if !has_room(out, patience) {
            *left_out = 1;
            return;
        }
        let _ = out.write_all(piece).and_then(|()| out.flush());
    }
}

#[cfg(unix)]
fn has_room(out: &impl Output, patience: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    let mut room = [PollFd::new(out, PollFlags::OUT)];
    let patience = Timespec::try_from(patience).ok();
    // What cannot be asked is written to, as ever.
    !matches!(poll(&mut room, patience.as_ref()), Ok(0) | Err(Errno::INTR))
}

#[cfg(not(unix))]
fn has_room(_: &impl Output, _: Duration) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn nobody_waits_for_a_reader_that_does_not_read() {
        let (mut reader, mut writer) = std::io::pipe().unwrap();
        let (line, mut left_out) = ("x".repeat(1000) + "\n", 0);
        let mut print = |text| {
            print_to(&mut writer, text, Duration::from_millis(10), &mut left_out);
            left_out
        };
        let printed = (0..1000).take_while(|_| print(&line) == 0).count();
        assert!(printed > 0, "a pipe holds more than nothing");
        assert_eq!([print(&line), print(&line)], [2, 3]);
        // As soon as somebody reads, it goes on, and says what is missing.
        let mut waste = vec![0; printed * line.len()];
        reader.read_exact(&mut waste).unwrap();
        assert_eq!(print("here\n"), 0);
        drop(writer);
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "(3 texts were left out here: nobody read them)\nhere\n");
    }
}
