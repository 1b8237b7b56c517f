//! Wrong: how far the request had come is not asked.
//!
//! Breaks RFC 9110 §9.2.2: what has certainly not reached the server may be sent, whatever the method
//!
//! No server can have booked a seat for a request that it was never sent.

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
    sent != Sent::Answer
        && matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE")
}
