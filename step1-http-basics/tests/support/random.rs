//! Values made from a seed: the same seed, the same values, on every machine.
//!
//! *Strategy*: `SplitMix64` by Steele, Lea and Flood, eight lines, is random
//! enough to find what nobody thought of. A failure names its seed; put it into
//! the list of the test, and it is tried first from then on.

use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in `range`.
    pub(crate) fn number(&mut self, range: RangeInclusive<usize>) -> usize {
        let width = range.end() - range.start() + 1;
        let offset = self.next() % width as u64;
        range.start() + usize::try_from(offset).expect("less than a usize")
    }

    /// Whether a chance of one in `n` comes true.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.number(1..=n) == 1
    }

    /// One of `items`.
    pub(crate) fn pick<'i, T: ?Sized>(&mut self, items: &[&'i T]) -> &'i T {
        items[self.number(0..=items.len() - 1)]
    }

    /// A byte of `alphabet`.
    pub(crate) fn byte_of(&mut self, alphabet: &[u8]) -> u8 {
        alphabet[self.number(0..=alphabet.len() - 1)]
    }

    /// So many bytes of `alphabet`.
    pub(crate) fn bytes_of(&mut self, alphabet: &[u8], length: RangeInclusive<usize>) -> Vec<u8> {
        (0..self.number(length)).map(|_| self.byte_of(alphabet)).collect()
    }

    /// So many bytes of any value.
    pub(crate) fn bytes(&mut self, length: RangeInclusive<usize>) -> Vec<u8> {
        (0..self.number(length)).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// `input` in pieces of any sizes, none of them empty.
    pub(crate) fn cut<'i>(&mut self, mut input: &'i [u8]) -> Vec<&'i [u8]> {
        let longest = self.number(1..=input.len().max(1));
        let mut pieces = Vec::new();
        while !input.is_empty() {
            let (piece, rest) = input.split_at(self.number(1..=longest.min(input.len())));
            pieces.push(piece);
            input = rest;
        }
        pieces
    }

    /// `input` with a few bytes changed, lost, doubled or moved.
    pub(crate) fn mutate(&mut self, input: &[u8]) -> Vec<u8> {
        const SIGNIFICANT: &[u8] = b"\r\n\t \0:;,=\"\\/*#0159afAF\x7f\x80\xff";
        let mut bytes = input.to_vec();
        for _ in 0..self.number(1..=4) {
            let at = self.number(0..=bytes.len());
            let end = self.number(at..=bytes.len().min(at + 8));
            match self.number(0..=5) {
                0 => bytes.insert(at, self.byte_of(SIGNIFICANT)),
                1 => bytes.truncate(at),
                2 => drop(bytes.drain(at..end)),
                3 => {
                    let copy = bytes[at..end].to_vec();
                    let to = self.number(0..=bytes.len());
                    bytes.splice(to..to, copy);
                }
                _ if at == bytes.len() => bytes.push(self.byte_of(SIGNIFICANT)),
                4 => bytes[at] = self.byte_of(SIGNIFICANT),
                _ => bytes[at] ^= 1 << self.number(0..=7),
            }
        }
        bytes
    }
}

/// Runs `property` with each of `seeds`, then with `rounds` more; a failure is
/// printed with its seed.
#[track_caller]
pub(crate) fn for_seeds(seeds: &[u64], rounds: u64, property: impl Fn(&mut Random)) {
    for seed in seeds.iter().copied().chain(0..rounds) {
        let attempt = catch_unwind(AssertUnwindSafe(|| property(&mut Random::new(seed))));
        if let Err(panic) = attempt {
            eprintln!("failed with seed {seed}: add it to the seeds of this test");
            resume_unwind(panic);
        }
    }
}
