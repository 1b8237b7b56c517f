//! Reading from a place in a file, without moving its cursor: several
//! connections may be sending the same open file.
//!
//! Chapter 3

use std::fs::File;
use std::io::{self, ErrorKind};

use crate::wire::retry;

/// Reads what can be read at once from a place in a file.
///
/// # Errors
/// Those of reading.
pub fn read_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, out, at);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, out, at);
}

/// Fills `out` from a place in a file.
///
/// # Errors
/// When the file ends before, because it has shrunk, and those of reading.
pub fn read_exact_at(file: &File, out: &mut [u8], at: u64) -> io::Result<()> {
    let mut filled = 0;
    while filled < out.len() {
        match retry(|| read_at(file, &mut out[filled..], at + filled as u64))? {
            0 => return Err(io::Error::new(ErrorKind::UnexpectedEof, "the file has shrunk")),
            length => filled += length,
        }
    }
    Ok(())
}
