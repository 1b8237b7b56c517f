//! Files that are kept open for a moment, because they are asked for again.
//!
//! Chapter 3
//!
//! *Strategy*: to find a file by its name and open it costs more than to read
//! and send it, if it is small. So what was opened is kept, for a second. To be
//! sure that it is still what its name means, it is looked at before each use,
//! through the open file (`fstat`): another size or time means that it was
//! changed or renamed; no name left means that it was removed, or replaced by
//! another. What that cannot show (a symbolic link or a folder above it was
//! changed) is noticed when the second is over. nginx and lighttpd do the same,
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
    entries: Mutex<HashMap<OsString, Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    opened: Instant,
    then: Metadata,
    file: OpenFile,
}

impl OpenFiles {
    // ANCHOR: get
    /// The file with this name, if it is open and unchanged.
    pub fn get(&self, name: &OsStr) -> Option<OpenFile> {
        let kept = self.lock().get(name).cloned()?;
        let now = kept.file.file.metadata();
        if kept.opened.elapsed() < KEPT && now.is_ok_and(|now| is_unchanged(&kept.then, &now)) {
            return Some(kept.file);
        }
        self.lock().remove(name);
        None
    }
    // ANCHOR_END: get

    /// Keeps a file that was opened by this name, and closes those whose time
    /// is over.
    pub fn keep(&self, name: &OsStr, file: &OpenFile) {
        let Ok(then) = file.file.metadata() else { return };
        let mut entries = self.lock();
        entries.retain(|_, kept| kept.opened.elapsed() < KEPT);
        if entries.len() < MOST || entries.contains_key(name) {
            let kept = Kept { opened: Instant::now(), then, file: file.clone() };
            entries.insert(name.to_owned(), kept);
        }
    }

    /// Closes all files that nobody is sending: for when descriptors are short,
    /// or a name means another file from now on.
    pub fn close_all(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OsString, Kept>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an open file is still in the state in which it was opened, and still
/// has a name. `ctime` moves with everything that is done to the file, giving it
/// another name included.
fn is_unchanged(then: &Metadata, now: &Metadata) -> bool {
    #[cfg(unix)]
    let same_names = {
        use std::os::unix::fs::MetadataExt;
        let changed = |metadata: &Metadata| (metadata.ctime(), metadata.ctime_nsec());
        now.nlink() > 0 && changed(then) == changed(now)
    };
    #[cfg(not(unix))]
    let same_names = true;
    same_names && then.len() == now.len() && then.modified().ok() == now.modified().ok()
}
