//! What is kept of an exchange for the one who watches.
//!
//! Chapter 6
//!
//! *Strategy*: a server that nobody watches keeps nothing. With an access log or
//! an x-ray, the first line, the fields and perhaps the bytes are kept from the
//! head until the response has left, and then told in step 1's own words.

use std::time::Instant;

use http::{HeaderMap, StatusCode};
use step1_http_basics::Recording;
use step1_http_basics::connection::Exchange;
use step1_http_basics::decisions;

use super::connection::Connection;
use super::turn::{Service, Turn};

/// An exchange, as far as it has gone.
#[derive(Debug)]
pub(super) struct Trace {
    began: Instant,
    request_line: Vec<u8>,
    fields: Option<HeaderMap>,
    recording: Option<Recording>,
}

/// Where the bytes on the wire are kept, if somebody wants to see them.
pub(super) fn recording(trace: &mut Option<Box<Trace>>) -> Option<&mut Recording> {
    trace.as_mut()?.recording.as_mut()
}

impl Connection {
    /// Begins to keep what the observer wants to know.
    pub(super) fn trace(&mut self, raw_head: &[u8], fields: Option<&HeaderMap>, turn: &Turn<'_>) {
        if turn.service.observer.is_none() {
            return;
        }
        let mut recording = turn.service.record.then(Recording::default);
        if let Some(recording) = &mut recording {
            recording.keep_received(raw_head);
        }
        let request_line = decisions::first_line(raw_head).to_vec();
        let fields = fields.cloned();
        self.trace = Some(Box::new(Trace { began: self.since, request_line, fields, recording }));
    }

    /// Tells the observer how the exchange went, and forgets it.
    pub(super) fn observe(
        &mut self,
        status: StatusCode,
        sent: u64,
        error: Option<&dyn std::error::Error>,
        service: &Service<'_>,
    ) {
        let (Some(observer), Some(trace)) = (service.observer, self.trace.take()) else { return };
        observer(&Exchange {
            peer: self.peer,
            request_line: &trace.request_line,
            fields: trace.fields.as_ref(),
            status,
            sent,
            duration: trace.began.elapsed(),
            error,
            recording: trace.recording.as_ref(),
        });
    }
}
