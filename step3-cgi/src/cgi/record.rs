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
    fn add(&mut self, bytes: &[u8]) {
        let room = MOST.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.length += bytes.len() as u64;
    }
}

/// The record of a run that goes on, if somebody wants to see it.
#[derive(Default)]
pub(super) struct Recording(Option<(Observer, Record)>);

impl Recording {
    /// A record for this observer.
    pub(super) fn new(observer: Observer, name: &str, environment: Vec<(String, Vec<u8>)>) -> Self {
        let record = Record { name: name.to_owned(), environment, ..Record::default() };
        Recording(Some((observer, record)))
    }

    /// Notes what went over [`Record::streams`] of this number.
    pub(super) fn add(&mut self, stream: usize, bytes: &[u8]) {
        if let Some((_, record)) = &mut self.0 {
            record.streams[stream].add(bytes);
        }
    }

    /// Shows it: the run is over.
    pub(super) fn show(&mut self, status: Option<ExitStatus>) {
        if let Some((observer, mut record)) = self.0.take() {
            record.status = status;
            observer(&record);
        }
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
