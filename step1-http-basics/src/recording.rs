//! What goes over a connection for one exchange, kept for the x-ray.
//!
//! Chapter 2 · RFC 9112 §2.1

/// No more of a message than this is kept.
pub(crate) const MAX_RECORD: usize = 64 * 1024;

/// What went over a connection for one exchange.
#[derive(Debug, Default)]
pub struct Recording {
    /// The request, as it came.
    pub received: Vec<u8>,
    /// The responses, as they left; an interim one comes first.
    pub sent: Vec<u8>,
}

impl Recording {
    /// Keeps bytes that have come, as long as there are not too many.
    pub fn keep_received(&mut self, bytes: &[u8]) {
        keep(&mut self.received, bytes);
    }

    /// Keeps bytes that were sent, as long as there are not too many.
    pub fn keep_sent(&mut self, bytes: &[u8]) {
        keep(&mut self.sent, bytes);
    }
}

fn keep(record: &mut Vec<u8>, bytes: &[u8]) {
    let room = MAX_RECORD.saturating_sub(record.len());
    record.extend_from_slice(&bytes[..bytes.len().min(room)]);
}
