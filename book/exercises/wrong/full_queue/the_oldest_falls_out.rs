//! Wrong: a new request takes the place of the oldest.
//!
//! Breaks RFC 9110 §15.6.4: a request that finds the queue full is refused at once
//!
//! Who has waited longest has waited in vain, and nobody tells it.

fn main() {}

impl Queue {
    /// Puts a job at the end; it comes back if there is no room for it.
    fn submit(&mut self, job: Job) -> Result<(), Job> {
        let requests = self.jobs.iter().filter(|job| matches!(job, Job::Request(_))).count();
        if matches!(job, Job::Request(_)) && requests >= self.most {
            self.jobs.pop_front();
        }
        self.jobs.push_back(job);
        Ok(())
    }

    /// The next job for a thread.
    fn take(&mut self) -> Option<Job> {
        self.jobs.pop_front()
    }
}

/// Jobs that wait for a thread.
struct Queue {
    jobs: std::collections::VecDeque<Job>,
    /// The most requests that may wait.
    most: usize,
}

/// What a thread can be asked to do.
#[derive(Debug, PartialEq)]
enum Job {
    /// Answer this request.
    Request(u32),
    /// Make the next piece of the answer to this one.
    Piece(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    use Job::{Piece, Request};

    const FULL: &str = "RFC 9110 §15.6.4: a request that finds the queue full is refused at once";
    const ORDER: &str =
        "RFC 9110 §15.6.4: what was admitted is answered, in the order in which it came";
    const PIECES: &str =
        "RFC 9110 §15.6.4: only requests are refused; the next piece of an answer is not";

    #[track_caller]
    fn holds<S, E>(seen: S, expected: E, rule: &str)
    where
        S: PartialEq<E> + std::fmt::Debug,
        E: std::fmt::Debug,
    {
        assert!(seen == expected, "{rule}\n{seen:?} instead of {expected:?}");
    }

    fn queue(most: usize) -> Queue {
        Queue { jobs: std::collections::VecDeque::new(), most }
    }

    #[test]
    fn the_third_of_two_is_refused_and_comes_back() {
        let mut queue = queue(2);
        holds(queue.submit(Request(1)), Ok(()), FULL);
        holds(queue.submit(Request(2)), Ok(()), FULL);
        holds(queue.submit(Request(3)), Err(Request(3)), FULL);
    }

    #[test]
    fn who_was_admitted_is_answered_in_order() {
        let mut queue = queue(2);
        for number in 1..=3 {
            let _ = queue.submit(Request(number));
        }
        holds(queue.take(), Some(Request(1)), ORDER);
        holds(queue.take(), Some(Request(2)), ORDER);
        holds(queue.take(), None, ORDER);
        holds(queue.submit(Request(4)), Ok(()), ORDER);
    }

    #[test]
    fn a_piece_is_always_admitted_and_takes_nobodys_place() {
        let mut queue = queue(1);
        holds(queue.submit(Request(1)), Ok(()), PIECES);
        holds(queue.submit(Piece(7)), Ok(()), PIECES);
        holds(queue.take(), Some(Request(1)), ORDER);
        holds(queue.submit(Request(2)), Ok(()), PIECES);
        holds(queue.take(), Some(Piece(7)), ORDER);
    }
}
