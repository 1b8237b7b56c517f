//! A full server lets somebody in by letting somebody go.
//!
//! Chapter 6 · RFC 9112 §9.5 · book/src/ch06-wsgi-server/room.md
//!
//! Whoever waits for its client, between two requests or in the middle of one, might wait for
//! ever. The one that has waited longest is the least likely to go on. Whoever waits for an
//! answer is not to blame, and stays.

fn main() {
    // A place to try things: `cargo run --bin who_leaves`.
}

/// The place of the connection that has to leave; `None` if none may be closed.
fn who_leaves(connections: &[Connection]) -> Option<usize> {
    // TODO: of those that wait for their client, the one that began to wait first.
    todo!("choose")
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

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: &str =
        "RFC 9112 §9.5: the connection that has waited longest for its client makes room";
    const ANSWERS: &str =
        "RFC 9112 §9.5: a connection whose answer is being made is not closed for another";
    const NOBODY: &str = "RFC 9112 §9.5: if nobody waits, nobody leaves";

    #[track_caller]
    fn holds<S, E>(seen: S, expected: E, rule: &str)
    where
        S: PartialEq<E> + std::fmt::Debug,
        E: std::fmt::Debug,
    {
        assert!(seen == expected, "{rule}\n{seen:?} instead of {expected:?}");
    }

    #[track_caller]
    fn check(connections: &[(Does, u64)], expected: Option<usize>, rule: &str) {
        let connections: Vec<_> =
            connections.iter().map(|&(does, since)| Connection { does, since }).collect();
        holds(who_leaves(&connections), expected, rule);
    }

    #[test]
    fn the_longest_waiting_leaves() {
        let waits = Does::AwaitsClient;
        check(&[(waits, 30), (waits, 10), (waits, 20)], Some(1), LONGEST);
        check(&[(waits, 5)], Some(0), LONGEST);
    }

    #[test]
    fn who_has_asked_stays() {
        let (waits, answers) = (Does::AwaitsClient, Does::Answers);
        check(&[(answers, 1), (waits, 9), (waits, 8)], Some(2), ANSWERS);
    }

    #[test]
    fn if_all_have_asked_nobody_leaves() {
        check(&[(Does::Answers, 1), (Does::Answers, 2)], None, NOBODY);
        check(&[], None, NOBODY);
    }
}
