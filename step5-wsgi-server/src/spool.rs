//! Bytes that wait: in memory while they are few, in a temporary file when they
//! are many.
//!
//! Chapter 6
//!
//! *Strategy*: a slow client must not hold a worker, so content is kept until
//! all of it has come, and what an application writes is kept until the client
//! takes it. Neither may fill the memory of the machine. A spool is read in the
//! order in which it was written, by one reader; the temporary file has no name
//! and vanishes with it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};

use step1_http_basics::read_at;

/// Bytes that were written and are not read yet.
#[derive(Debug, Default)]
pub struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
    written: u64,
    read: u64,
}

impl Spool {
    /// This many bytes at most are kept in memory.
    pub const IN_MEMORY: usize = 64 * 1024;

    /// The bytes that are not read yet.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.written - self.read
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes were ever written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    // ANCHOR: append
    /// Appends all of `bytes`.
    ///
    /// # Errors
    /// When no temporary file can be made, or its disk is full.
    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none() && self.memory.len() + bytes.len() <= Self::IN_MEMORY {
            self.memory.extend_from_slice(bytes);
        } else {
            let file = match &mut self.file {
                Some(file) => file,
                None => self.file.insert(tempfile::tempfile()?),
            };
            file.write_all(bytes)?;
        }
        self.written += bytes.len() as u64;
        Ok(())
    }
    // ANCHOR_END: append

    /// What is in memory and not read yet.
    #[must_use]
    pub fn in_memory(&self) -> &[u8] {
        let read = usize::try_from(self.read).unwrap_or(usize::MAX);
        self.memory.get(read..).unwrap_or_default()
    }

    /// Notes that so many bytes have been read.
    pub fn consume(&mut self, length: usize) {
        self.read = (self.read + length as u64).min(self.written);
        if self.is_empty() && self.file.is_none() {
            self.memory.clear();
            (self.written, self.read) = (0, 0);
        }
    }

    /// Copies what comes next into `out`, without using it up.
    ///
    /// # Errors
    /// Those of reading the temporary file.
    pub fn peek(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let memory = self.in_memory();
        if !memory.is_empty() {
            let length = memory.len().min(out.len());
            out[..length].copy_from_slice(&memory[..length]);
            return Ok(length);
        }
        let Some(file) = &self.file else { return Ok(0) };
        loop {
            match read_at(file, out, self.read - self.memory.len() as u64) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }
}

impl Read for Spool {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.is_empty() {
            return Ok(0);
        }
        let length = self.peek(out)?;
        // Not `consume`: a spool that is read to its end stays at its end.
        self.read += length as u64;
        Ok(length)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pieces: &[usize]) {
        let mut bytes = (0..=255).cycle();
        let (mut spool, mut expected) = (Spool::default(), Vec::new());
        for &size in pieces {
            let piece: Vec<u8> = bytes.by_ref().take(size).collect();
            spool.append(&piece).unwrap();
            expected.extend(piece);
        }
        assert_eq!(spool.len(), expected.len() as u64);
        let mut seen = Vec::new();
        spool.read_to_end(&mut seen).unwrap();
        assert!(seen == expected, "{pieces:?}");
        assert_eq!((spool.len(), spool.read(&mut [0]).unwrap()), (0, 0));
    }

    #[test]
    fn what_is_written_is_read_in_order_from_memory_and_from_the_file() {
        check(&[]);
        check(&[1, 0, 2]);
        check(&[Spool::IN_MEMORY, 1]);
        check(&[Spool::IN_MEMORY - 1, 2, 3]);
        check(&[1, 3 * Spool::IN_MEMORY, 1]);
    }

    #[test]
    fn a_spool_that_is_emptied_again_and_again_stays_in_memory() {
        let mut spool = Spool::default();
        for _ in 0..10 {
            spool.append(&[b'x'; Spool::IN_MEMORY]).unwrap();
            spool.consume(Spool::IN_MEMORY);
        }
        assert!(spool.file.is_none() && spool.is_empty());
    }
}
