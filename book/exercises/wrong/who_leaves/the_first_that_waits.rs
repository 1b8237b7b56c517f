//! Wrong: the first in the list that waits has to leave.
//!
//! Breaks RFC 9112 §9.5: the connection that has waited longest for its client makes room
//!
//! The place in the list says nothing about how long it has waited.

fn main() {}

/// The place of the connection that has to leave; `None` if none may be closed.
fn who_leaves(connections: &[Connection]) -> Option<usize> {
    connections.iter().position(|connection| matches!(connection.does, Does::AwaitsClient))
}

/// An open connection.
struct Connection {
    does: Does,
    /// Since when, in seconds.
    since: u64,
}

/// What a connection does.
#[derive(Clone, Copy)]
enum Does {
    /// It waits for a request, or for the rest of one.
    AwaitsClient,
    /// Its answer is being made.
    Answers,
}
