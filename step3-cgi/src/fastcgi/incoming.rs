//! What has come from an application, and what its records lead to.
//!
//! Chapter 4 · FastCGI specification §3.3, §5.5
//!
//! *Strategy*: bytes come cut anywhere. They are kept in one buffer until a record
//! is there whole, and its content is looked at where it lies. What stderr says is
//! logged on the way, and what is none of ours is passed over; so whoever asks
//! hears of output and of the end, and of nothing else.

use std::ops::Range;

use super::fault::Fault;
use super::record::{self, EndRequest, Kind, MAX_RECORD, ProtocolStatus, REQUEST_ID, RecordError};
use super::script::Script;
use super::xray::{Way, describe};
use crate::error_lines::ErrorLines;

/// The first size of the buffer for received bytes; a small answer fits.
const BUFFER: usize = 8 * 1024;

/// The bytes that have come and are not used up.
#[derive(Debug, Default)]
pub struct Incoming {
    bytes: Vec<u8>,
    unread: Range<usize>,
}

/// A record among the incoming bytes; its content stays there until more room
/// is asked for.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) request_id: u16,
    pub(super) content: Range<usize>,
}

/// What the records that have come lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// Output, at this place among the incoming bytes.
    Output(Range<usize>),
    /// The end of the request, which was served.
    End,
    /// Nothing yet.
    NeedsMore,
}

impl Incoming {
    // ANCHOR: take
    /// Takes records that have come, up to one with output or to the end.
    ///
    /// # Errors
    /// When what came is no record, or the application did not do what it was
    /// asked for.
    pub fn take(
        &mut self,
        complaints: &mut ErrorLines<Script>,
        observer: Option<fn(&str)>,
    ) -> Result<Came, Fault> {
        let nonsense = |error: RecordError| Fault::Nonsense(error.to_string());
        loop {
            let Some(found) = self.next().map_err(nonsense)? else { return Ok(Came::NeedsMore) };
            if let Some(observer) = observer {
                let content = self.content(found.content.clone());
                observer(&describe(Way::Back, found.kind, found.request_id, content));
            }
            if found.request_id != REQUEST_ID {
                continue;
            }
            match found.kind {
                Kind::Stdout if !found.content.is_empty() => {
                    return Ok(Came::Output(found.content));
                }
                Kind::Stderr => complaints.take(self.content(found.content)),
                Kind::EndRequest => {
                    let end = EndRequest::parse(self.content(found.content));
                    return outcome(end.map_err(nonsense)?).map(|()| Came::End);
                }
                _ => {}
            }
        }
    }
    // ANCHOR_END: take

    /// Takes the next record, if it has come whole.
    pub(super) fn next(&mut self) -> Result<Option<Found>, RecordError> {
        let Some((record, used)) = record::parse(&self.bytes[self.unread.clone()])? else {
            return Ok(None);
        };
        let begin = self.unread.start + record::HEADER_LENGTH;
        let content = begin..begin + record.content.len();
        let found = Found { kind: record.kind, request_id: record.request_id, content };
        self.unread.start += used;
        Ok(Some(found))
    }

    /// The content of a record that was found since room was last asked for.
    #[must_use]
    pub fn content(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// Room for bytes that come, at least one.
    pub fn room(&mut self) -> &mut [u8] {
        // All that came last time filled the buffer: there may be more of it.
        let was_filled = self.unread.end == self.bytes.len();
        self.bytes.copy_within(self.unread.clone(), 0);
        self.unread = 0..self.unread.len();
        if was_filled && self.bytes.len() < MAX_RECORD {
            self.bytes.resize((self.bytes.len() * 2).clamp(BUFFER, MAX_RECORD), 0);
        }
        &mut self.bytes[self.unread.end..]
    }

    /// Notes how many bytes have come into the room.
    pub fn received(&mut self, length: usize) {
        self.unread.end += length;
    }

    /// Whether nothing is left of what came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unread.is_empty()
    }

    /// Gives a large buffer back: the connection will be idle.
    pub fn rest(&mut self) {
        if self.unread.is_empty() && self.bytes.len() > BUFFER {
            *self = Incoming::default();
        }
    }
}

/// What the end of a request says of it.
fn outcome(end: EndRequest) -> Result<(), Fault> {
    Err(match end.protocol_status {
        ProtocolStatus::RequestComplete => return Ok(()),
        ProtocolStatus::Overloaded => {
            Fault::Overloaded("it says that it is overloaded (FCGI_OVERLOADED)".to_owned())
        }
        ProtocolStatus::CannotMultiplex => {
            Fault::Nonsense("FCGI_CANT_MPX_CONN for the only request".to_owned())
        }
        ProtocolStatus::UnknownRole => {
            Fault::Nonsense("it is no responder (FCGI_UNKNOWN_ROLE)".to_owned())
        }
        ProtocolStatus::Unknown(status) => {
            Fault::Nonsense(format!("protocol status {status} (FastCGI §5.5)"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fastcgi::record::Record;

    #[test]
    fn records_are_found_however_they_are_cut() {
        let mut wire = Vec::new();
        let contents: Vec<Vec<u8>> = [0, 1, 7, 9_000, 65_535, 3].map(|n| vec![7; n]).into();
        for content in &contents {
            Record { kind: Kind::Stdout, request_id: 1, content }.encode(&mut wire);
        }
        for step in [1, 5, 1_000, 100_000] {
            let (mut incoming, mut found, mut sent) = (Incoming::default(), Vec::new(), 0);
            while sent < wire.len() {
                let room = incoming.room();
                let length = room.len().min(step).min(wire.len() - sent);
                assert!(length > 0, "there is always room");
                room[..length].copy_from_slice(&wire[sent..sent + length]);
                incoming.received(length);
                sent += length;
                while let Some(record) = incoming.next().expect("version 1") {
                    found.push(incoming.content(record.content).to_vec());
                }
            }
            assert_eq!(found, contents, "by {step}");
            assert!(incoming.is_empty());
        }
    }
}
