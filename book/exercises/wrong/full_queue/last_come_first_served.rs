//! Wrong: the job that came last is taken first.
//!
//! Breaks RFC 9110 §15.6.4: what was admitted is answered, in the order in which it came
//!
//! While there is always another, the first one is never answered.

fn main() {}

impl Queue {
    /// Puts a job at the end; it comes back if there is no room for it.
    fn submit(&mut self, job: Job) -> Result<(), Job> {
        let requests = self.jobs.iter().filter(|job| matches!(job, Job::Request(_))).count();
        if matches!(job, Job::Request(_)) && requests >= self.most {
            return Err(job);
        }
        self.jobs.push_back(job);
        Ok(())
    }

    /// The next job for a thread.
    fn take(&mut self) -> Option<Job> {
        self.jobs.pop_back()
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
