//! Wrong: "idempotent" is taken for "safe".
//!
//! Breaks RFC 9110 §9.2.2: PUT and DELETE are idempotent, like all safe methods
//!
//! PUT changes something, and changes it to the same thing however often it comes.

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
        Sent::Request => matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE"),
        Sent::Answer => false,
    }
}
