//! Files that are kept open for a moment, because they are asked for again.
//!
//! Chapter 3
//!
//! *Strategy*: to find a file by its name and open it costs more than to read
//! and send it, if it is small. So what was opened is kept, for a second. To be
//! sure that it is still what its name means, it is looked at before each use,
//! through the open file (`fstat`): another size or time means that it was
//! changed; no name left means that it was removed, or replaced by another. What
//! that cannot show (the file was moved away and not replaced, or a folder above
//! it was) is noticed when the second is over. nginx and lighttpd do the same,
//! and do not look in between.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::answer::OpenFile;

/// How long a file is trusted to be what its name means.
const KEPT: Duration = Duration::from_secs(1);
/// How many files are kept open at most.
const MOST: usize = 64;

/// The files that are open now, by their names below the root.
#[derive(Debug, Default)]
pub struct OpenFiles {
    entries: Mutex<HashMap<OsString, (Instant, OpenFile)>>,
}

impl OpenFiles {
    // ANCHOR: get
    /// The file with this name, if it is open and unchanged.
    pub fn get(&self, name: &OsStr) -> Option<OpenFile> {
        let (opened, file) = self.lock().get(name).cloned()?;
        let unchanged = || file.file.metadata().is_ok_and(|metadata| is_state_of(&metadata, &file));
        (opened.elapsed() < KEPT && unchanged()).then_some(file)
    }
    // ANCHOR_END: get

    /// Keeps a file that was opened by this name.
    pub fn keep(&self, name: &OsStr, file: &OpenFile) {
        let mut entries = self.lock();
        if entries.len() >= MOST && !entries.contains_key(name) {
            entries.retain(|_, (opened, _)| opened.elapsed() < KEPT);
        }
        if entries.len() < MOST || entries.contains_key(name) {
            entries.insert(name.to_owned(), (Instant::now(), file.clone()));
        }
    }

    /// Closes all files that nobody is sending; for when descriptors are short.
    pub fn close_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OsString, (Instant, OpenFile)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an open file is still in the state in which it was opened, and still
/// has a name.
fn is_state_of(metadata: &Metadata, file: &OpenFile) -> bool {
    #[cfg(unix)]
    let has_a_name = std::os::unix::fs::MetadataExt::nlink(metadata) > 0;
    #[cfg(not(unix))]
    let has_a_name = true;
    has_a_name
        && metadata.len() == file.state.length
        && metadata.modified().ok() == file.state.modified
}
