//! What went in and out of one run, to be shown afterwards.
//!
//! Chapter 4 · RFC 3875 §4, §6

use std::fmt;
use std::process::ExitStatus;

use step1_http_basics::xray::visible;

/// Of each stream so much is kept, and the rest counted.
const MOST: usize = 16 * 1024;

/// What is called with the record of each run.
pub type Observer = fn(&Record);

/// One run of a program, after the fact.
#[derive(Debug, Default)]
pub struct Record {
    /// `SCRIPT_NAME`.
    pub name: String,
    /// The whole environment, in the order in which it was made.
    pub environment: Vec<(String, Vec<u8>)>,
    /// What the program was given, what it printed, and what it complained of.
    pub streams: [Recorded; 3],
    /// How it ended.
    pub status: Option<ExitStatus>,
}

/// The bytes of a stream.
#[derive(Debug, Default)]
pub struct Recorded {
    /// The first of them.
    pub bytes: Vec<u8>,
    /// How many there were.
    pub length: u64,
}

impl Recorded {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let room = MOST.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.length += bytes.len() as u64;
    }
}

impl fmt::Display for Record {
    /// As `--xray` shows it. Bytes that cannot be seen have a picture each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "program {}", visible(self.name.as_bytes()))?;
        writeln!(f, "  environment")?;
        for (name, value) in &self.environment {
            writeln!(f, "    {name}={}", visible(value))?;
        }
        for (name, stream) in
            ["standard input", "standard output", "standard error"].iter().zip(&self.streams)
        {
            writeln!(f, "  {name}, {} bytes", stream.length)?;
            for line in stream.bytes.split_inclusive(|&byte| byte == b'\n') {
                writeln!(f, "    {}", visible(line))?;
            }
            if stream.length > stream.bytes.len() as u64 {
                writeln!(f, "    and {} bytes more", stream.length - stream.bytes.len() as u64)?;
            }
        }
        match self.status {
            Some(status) => writeln!(f, "  {status}\n"),
            None => writeln!(f, "  it could not be waited for\n"),
        }
    }
}
