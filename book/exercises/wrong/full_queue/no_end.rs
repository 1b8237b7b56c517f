//! Wrong: the queue takes whatever comes.
//!
//! Breaks RFC 9110 §15.6.4: a request that finds the queue full is refused at once
//!
//! Behind ten thousand others the answer comes when nobody waits for it any more.

fn main() {}

impl Queue {
    /// Puts a job at the end; it comes back if there is no room for it.
    fn submit(&mut self, job: Job) -> Result<(), Job> {
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
