//! Wrong: if nobody waits, the first leaves.
//!
//! Breaks RFC 9112 §9.5: if nobody waits, nobody leaves
//!
//! A client that has asked would be cut off for one that has not asked yet.

fn main() {}

/// The place of the connection that has to leave; `None` if none may be closed.
fn who_leaves(connections: &[Connection]) -> Option<usize> {
    let waiting = connections.iter().enumerate().filter_map(|(place, connection)| {
        matches!(connection.does, Does::AwaitsClient).then_some((connection.since, place))
    });
    waiting.min().map(|(_, place)| place).or((!connections.is_empty()).then_some(0))
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
