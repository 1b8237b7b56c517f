//! Wrong: only the time counts, and not what the connection does.
//!
//! Breaks RFC 9112 §9.5: a connection whose answer is being made is not closed for another
//!
//! Somebody has asked and waits for an answer that is nearly made.

fn main() {}

/// The place of the connection that has to leave; `None` if none may be closed.
fn who_leaves(connections: &[Connection]) -> Option<usize> {
    let all = connections.iter().enumerate().map(|(place, connection)| (connection.since, place));
    all.min().map(|(_, place)| place)
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
