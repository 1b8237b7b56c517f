//! Wrong: a GET is repeated though half of its answer has been passed on.
//!
//! Breaks RFC 9112 §9.3.1: an answer that has begun cannot be begun anew by another server
//!
//! The client would find the head of the second answer in the content of the first.

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
    sent == Sent::Nothing
        || matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE")
}
