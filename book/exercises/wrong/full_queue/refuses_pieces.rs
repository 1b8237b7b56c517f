//! Wrong: whatever finds the queue full is refused.
//!
//! Breaks RFC 9110 §15.6.4: only requests are refused; the next piece of an answer is not
//!
//! The client has half an answer, and will never get the other half.

fn main() {}

impl Queue {
    /// Puts a job at the end; it comes back if there is no room for it.
    fn submit(&mut self, job: Job) -> Result<(), Job> {
        if self.jobs.len() >= self.most {
            return Err(job);
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
