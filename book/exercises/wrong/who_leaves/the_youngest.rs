//! Wrong: the connection that came last has to leave.
//!
//! Breaks RFC 9112 §9.5: the connection that has waited longest for its client makes room
//!
//! Then whoever has connected first, and says nothing, keeps its place for ever.

fn main() {}

/// The place of the connection that has to leave; `None` if none may be closed.
fn who_leaves(connections: &[Connection]) -> Option<usize> {
    let waiting = connections.iter().enumerate().filter_map(|(place, connection)| {
        matches!(connection.does, Does::AwaitsClient).then_some((connection.since, place))
    });
    waiting.max().map(|(_, place)| place)
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
