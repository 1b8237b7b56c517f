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
