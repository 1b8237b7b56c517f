//! Wrong: all methods but POST are repeated.
//!
//! Breaks RFC 9110 §9.2.2: only a request with an idempotent method may be sent again by itself
//!
//! PATCH is not idempotent, and of a method that one does not know one knows nothing.

fn main() {}

/// How far the balancer had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// There was no connection.
    Nothing,
    /// The request was sent, or some of it.
    Request,
    /// Bytes of an answer have been passed on to the client.
    Answer,
}

/// Whether the other server may be asked.
fn may_be_sent_again(method: &str, sent: Sent) -> bool {
    match sent {
        Sent::Nothing => true,
        Sent::Request => method != "POST",
        Sent::Answer => false,
    }
}
