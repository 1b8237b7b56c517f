//! The flags that concern processes.
//!
//! Chapter 6

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::Plan;

/// How many processes serve, and for how long each.
#[derive(Debug, Args)]
pub struct ProcessArgs {
    /// Serve with so many processes, and a master that replaces those that die
    /// or hang. Without this flag one process serves, and nobody watches it
    #[arg(short, long, value_name = "N", value_parser = at_least_one)]
    workers: Option<usize>,

    /// Replace a worker when it has answered so many requests; 0: never
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_requests: u64,

    /// Add to --max-requests a random number up to this, so that not all
    /// workers are replaced at the same time
    #[arg(long, value_name = "N", default_value_t = 0)]
    max_requests_jitter: u64,

    /// Write the number of the process that takes signals to this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) pid: Option<PathBuf>,

    /// This process is a worker with this number: its master says so.
    #[arg(long, hide = true)]
    as_worker: Option<u32>,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("a server without workers answers nobody".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("not a number of processes: {error}")),
    }
}

impl ProcessArgs {
    /// Whether this process is one of several, or may be.
    pub(crate) fn are_several(&self) -> bool {
        self.workers.is_some()
    }

    /// The number of this worker, if it is one.
    pub(crate) fn number(&self) -> Option<u32> {
        self.as_worker
    }

    /// After how many requests this worker has done enough.
    pub(crate) fn enough(&self) -> Option<u64> {
        (self.max_requests > 0).then(|| self.max_requests + random(self.max_requests_jitter))
    }

    /// What a master has to do, if this process is one.
    ///
    /// # Errors
    /// When the program does not know where it lies.
    pub(crate) fn plan(&self, timeout: Duration, grace: Duration) -> Result<Option<Plan>, String> {
        let (Some(workers), None) = (self.workers, self.as_worker) else { return Ok(None) };
        // Asked now: a newer program may lie there when a worker is started.
        let program = std::env::current_exe()
            .map_err(|error| format!("cannot find this program's own file: {error}"))?;
        let arguments = std::env::args_os().skip(1).collect();
        Ok(Some(Plan { workers, program, arguments, timeout, grace }))
    }
}

/// A number from 0 to `most`, from the seed that the standard library draws for
/// its hash tables.
fn random(most: u64) -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};

    let drawn = RandomState::new().build_hasher().finish();
    most.checked_add(1).map_or(drawn, |numbers| drawn % numbers)
}
