//! Bytes that wait for whoever reads them: in memory while they are few, then
//! in a file without a name.
//!
//! Chapter 4 · RFC 3875 §4.1.2
//!
//! *Strategy*: two things come too early. Content without a length must be had
//! whole before a program is told its length. And a program may answer while
//! its content is still coming; somebody has to take the answer, or both sides
//! wait for ever. Neither may fill the memory. The file has lost its name before
//! it is used, so it goes when the server does, however that ends.
//!
//! ```
//! use std::io::{Read, Write};
//! use step3_cgi::spool::Spool;
//!
//! let mut spool = Spool::new(4);
//! spool.write_all(b"more than four")?;
//! assert_eq!((spool.length(), spool.is_in_memory()), (14, false));
//! let mut all = String::new();
//! spool.read_to_string(&mut all)?;
//! assert_eq!(all, "more than four");
//! # Ok::<(), std::io::Error>(())
//! ```

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::sync::atomic::{AtomicU32, Ordering};

use step1_http_basics::framing::Framing;
use step1_http_basics::handler::Request;

/// A queue of bytes: what is written is read in the same order.
#[derive(Debug)]
pub struct Spool {
    most_in_memory: usize,
    /// What was written, while there is no file.
    memory: Vec<u8>,
    file: Option<File>,
    written: u64,
    read: u64,
}

impl Spool {
    /// An empty one, which takes a file when it holds more than so many bytes.
    #[must_use]
    pub fn new(most_in_memory: usize) -> Self {
        Spool { most_in_memory, memory: Vec::new(), file: None, written: 0, read: 0 }
    }

    /// Makes room at once for so many bytes that are about to come, if they may
    /// stay in memory: a buffer that grows step by step is copied at each.
    pub fn expect(&mut self, length: u64) {
        if let Ok(length) = usize::try_from(length)
            && self.is_in_memory()
            && self.memory.len().saturating_add(length) <= self.most_in_memory
        {
            self.memory.reserve_exact(length);
        }
    }

    /// All that can be read from `source`.
    ///
    /// # Errors
    /// Those of reading, and of the file.
    pub fn keep(source: &mut dyn Read, most_in_memory: usize) -> io::Result<Self> {
        let mut spool = Spool::new(most_in_memory);
        io::copy(source, &mut spool)?;
        Ok(spool)
    }

    /// How many bytes are left to be read.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.written - self.read
    }

    /// Whether it needs no file.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.file.is_none()
    }

    /// What is left to be read, if it lies in memory.
    #[must_use]
    pub fn in_memory(&self) -> Option<&[u8]> {
        let begin = usize::try_from(self.read).ok()?;
        self.is_in_memory().then(|| self.memory.get(begin..)).flatten()
    }

    /// Notes that so many bytes were taken from [`in_memory`](Self::in_memory).
    pub fn consume(&mut self, length: usize) {
        self.read = self.written.min(self.read + length as u64);
    }

    /// Whether an error of [`keep`](Self::keep) is that of the file: the disk is
    /// full, for one. Else it is that of reading.
    #[must_use]
    pub fn is_to_blame(error: &io::Error) -> bool {
        matches!(error.get_ref(), Some(inner) if inner.is::<CannotKeep>())
    }

    fn move_to_file(&mut self) -> io::Result<&File> {
        let file = nameless_file().map_err(CannotKeep::because)?;
        file.write_all_at(&self.memory, 0).map_err(CannotKeep::because)?;
        self.memory = Vec::new();
        Ok(self.file.insert(file))
    }
}

/// How much content a request has; `None` if it has none. If it had to be read
/// to tell, it is given back: chunked content says how long it is only at its
/// end, and `CONTENT_LENGTH` must say it at the beginning.
///
/// # Errors
/// As those of [`Spool::keep`].
pub(crate) fn measure(
    request: &mut Request<'_>,
    most_in_memory: usize,
) -> io::Result<(Option<u64>, Option<Spool>)> {
    match request.framing {
        Framing::Chunked => {
            let spool = Spool::keep(request.content, most_in_memory)?;
            Ok((Some(spool.length()), Some(spool)))
        }
        Framing::Length(length) => Ok((Some(length), None)),
        Framing::None | Framing::UntilClose => Ok((None, None)),
    }
}

/// Why bytes could not go to the file.
#[derive(Debug)]
struct CannotKeep(io::Error);

impl CannotKeep {
    fn because(error: io::Error) -> io::Error {
        io::Error::new(error.kind(), CannotKeep(error))
    }
}

impl fmt::Display for CannotKeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot keep it in a temporary file: {}", self.0)
    }
}

impl std::error::Error for CannotKeep {}

impl Write for Spool {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.memory.len() + data.len() <= self.most_in_memory {
            self.memory.extend_from_slice(data);
            self.written += data.len() as u64;
            return Ok(data.len());
        }
        let at = self.written;
        let file = match &self.file {
            Some(file) => file,
            None => self.move_to_file()?,
        };
        let length = file.write_at(data, at).map_err(CannotKeep::because)?;
        self.written += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Spool {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = match &self.file {
            Some(file) => file.read_at(out, self.read)?,
            None => {
                let begin = usize::try_from(self.read).unwrap_or(usize::MAX);
                let mut rest = self.memory.get(begin..).unwrap_or_default();
                rest.read(out)?
            }
        };
        self.read += length as u64;
        Ok(length)
    }
}

/// A file in the folder for temporary ones, which only we can open and which
/// has no name any more.
fn nameless_file() -> io::Result<File> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("step3-cgi-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        match file {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_in_order_wherever_it_lies() {
        for most in [0, 1, 10, 1000] {
            let (mut spool, mut seen) = (Spool::new(most), Vec::new());
            for turn in 0..20_u8 {
                spool.write_all(&[turn; 7]).unwrap();
                let mut out = [0; 5];
                let length = spool.read(&mut out).unwrap();
                seen.extend_from_slice(&out[..length]);
            }
            spool.read_to_end(&mut seen).unwrap();
            let expected: Vec<u8> = (0..20).flat_map(|turn| [turn; 7]).collect();
            assert_eq!(seen, expected, "{most} in memory");
            assert_eq!(spool.is_in_memory(), most == 1000);
            assert_eq!(spool.in_memory(), (most == 1000).then_some(&[][..]));
            assert_eq!(spool.length(), 0);
        }
    }
}
