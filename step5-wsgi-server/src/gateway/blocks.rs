//! Blocks that an application makes, as something that can be read.
//!
//! Chapter 6 · PEP 3333, *Buffering and Streaming*
//!
//! *Strategy*: the next block is asked for when the one before is on its way,
//! and a read gives bytes of one block only. So each block is sent when it is
//! there.

use std::io::{self, Read};
use std::ops::Deref;

/// A block, and where the next one comes from.
pub(crate) struct Blocks<B, N> {
    block: Option<B>,
    at: usize,
    next: N,
}

impl<B, N> Blocks<B, N> {
    /// Content that begins with a block that has come already, if one has. No
    /// block is empty.
    pub(crate) fn new(first: Option<B>, next: N) -> Self {
        Blocks { block: first, at: 0, next }
    }
}

impl<B, N> Read for Blocks<B, N>
where
    B: Deref<Target = [u8]>,
    N: FnMut() -> io::Result<Option<B>>,
{
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.block.as_ref().is_none_or(|block| self.at == block.len()) {
            // It goes before the next one is made, so that there are never two.
            self.block = None;
            self.at = 0;
            self.block = (self.next)()?;
        }
        let Some(block) = &self.block else { return Ok(0) };
        let length = out.len().min(block.len() - self.at);
        out[..length].copy_from_slice(&block[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_gives_bytes_of_one_block_only() {
        let mut rest = [b"de".to_vec(), b"f".to_vec()].into_iter();
        let mut blocks = Blocks::new(Some(b"abc".to_vec()), || Ok(rest.next()));
        let mut out = [0; 2];
        let mut read = || blocks.read(&mut out).map(|length| out[..length].to_vec()).unwrap();
        for expected in ["ab", "c", "de", "f", "", ""] {
            assert_eq!(read(), expected.as_bytes());
        }
    }
}
