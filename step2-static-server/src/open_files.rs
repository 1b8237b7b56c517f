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
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    then: Stamp,
    file: Arc<OpenFile>,
}

impl OpenFiles {
    // ANCHOR: get
    /// The file with this name, if it is open and unchanged.
    pub fn get(&self, name: &OsStr) -> Option<Arc<OpenFile>> {
        let kept = self.lock().get(name).cloned()?;
        let now = stamp(&kept.file.file);
        if kept.opened.elapsed() < KEPT && now.is_ok_and(|now| now == Some(kept.then)) {
            return Some(kept.file);
        }
        self.lock().remove(name);
        None
    }
    // ANCHOR_END: get

    /// Keeps a file that was opened by this name, and closes those whose time
    /// is over.
    pub fn keep(&self, name: &OsStr, file: &Arc<OpenFile>) {
        let Ok(Some(then)) = stamp(&file.file) else { return };
        let mut entries = self.lock();
        entries.retain(|_, kept| kept.opened.elapsed() < KEPT);
        if entries.len() < MOST || entries.contains_key(name) {
            let kept = Kept { opened: Instant::now(), then, file: Arc::clone(file) };
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

/// What shows whether an open file is still in the state in which it was opened:
/// its length and its times, in nanoseconds. `ctime` moves with everything that
/// is done to the file, giving it another name included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: i128,
    modified: i128,
    changed: i128,
}

/// The state of an open file; `None` if it has no name any more.
#[cfg(unix)]
fn stamp(file: &File) -> io::Result<Option<Stamp>> {
    let seen = rustix::fs::fstat(file)?;
    let time = |seconds: i128, nanoseconds: i128| seconds * 1_000_000_000 + nanoseconds;
    let stamp = Stamp {
        length: seen.st_size.into(),
        modified: time(seen.st_mtime.into(), seen.st_mtime_nsec.into()),
        changed: time(seen.st_ctime.into(), seen.st_ctime_nsec.into()),
    };
    Ok((seen.st_nlink > 0).then_some(stamp))
}

/// The state of an open file.
#[cfg(not(unix))]
fn stamp(file: &File) -> io::Result<Option<Stamp>> {
    let seen = file.metadata()?;
    let modified = seen.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let modified = i128::try_from(modified.as_nanos()).unwrap_or_default();
    Ok(Some(Stamp { length: seen.len().into(), modified, changed: 0 }))
}
