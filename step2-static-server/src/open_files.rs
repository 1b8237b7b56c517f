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
//!
//! The content of a small file is kept in memory as well, from its second use
//! on, so that looking at the file is all that it costs. That is sound only if
//! no change can hide behind an old time: so a file that was changed within the
//! last second is read anew each time. (Who writes to a file through a mapping
//! in memory moves its times late; then the second is the bound.)

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use step1_http_basics::read_at;

use crate::answer::OpenFile;

/// How long a file is trusted to be what its name means.
const KEPT: Duration = Duration::from_secs(1);
/// How many files are kept open at most.
const MOST: usize = 64;
/// Files up to this size are kept in memory too: 1 MiB for all.
const SMALL: i128 = 16 * 1024;
/// How long ago a file must have been changed, so that another change would
/// have another time: longer than any tick of a file system's clock.
const SETTLED: Duration = Duration::from_secs(1);

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
        if kept.opened.elapsed() < KEPT && kept.is_unchanged() {
            kept.read_small();
            return Some(kept.file);
        }
        self.lock().remove(name);
        None
    }
    // ANCHOR_END: get

    /// Keeps a file that was opened by this name, and closes those whose time
    /// is over. One whose tag is weak is not kept: a moment later the tag is not.
    pub fn keep(&self, name: &OsStr, file: &Arc<OpenFile>) {
        if file.state.has_weak_tag() {
            return;
        }
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

impl Kept {
    fn is_unchanged(&self) -> bool {
        stamp(&self.file.file).is_ok_and(|now| now == Some(self.then))
    }

    // ANCHOR: read_small
    /// Reads a small file into memory, unless that was done before. It is
    /// looked at once more afterwards: what was read is what its times say.
    fn read_small(&self) {
        let open = &self.file;
        if open.content.get().is_some() || self.then.length > SMALL || !self.then.is_settled() {
            return;
        }
        let mut content = vec![0; usize::try_from(self.then.length).unwrap_or_default()];
        let length = read_at(&open.file, &mut content, 0);
        if length.is_ok_and(|length| length == content.len()) && self.is_unchanged() {
            // Another thread may have been faster; it has read the same.
            let _ = open.content.set(content.into());
        }
    }
    // ANCHOR_END: read_small
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

impl Stamp {
    fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ago =
            i128::try_from(now.as_nanos()).unwrap_or_default() - self.modified.max(self.changed);
        ago > i128::try_from(SETTLED.as_nanos()).unwrap_or(i128::MAX)
    }
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
    let modified = seen.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let modified = i128::try_from(modified.as_nanos()).unwrap_or_default();
    Ok(Some(Stamp { length: seen.len().into(), modified, changed: 0 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::representation::Representation;
    use std::fs;
    use std::path::Path;

    const NAME: &str = "a.txt";

    /// Opens the file anew and keeps it; then what is known of it.
    fn keep(files: &OpenFiles, path: &Path) -> Option<Arc<OpenFile>> {
        let file = File::open(path).unwrap();
        let length = file.metadata().unwrap().len();
        let state = Representation::new(Path::new(NAME), length, None, SystemTime::now());
        files.keep(OsStr::new(NAME), &Arc::new(OpenFile::new(Arc::new(file), state)));
        files.get(OsStr::new(NAME))
    }

    /// Asks for it until it is so old that it is kept in memory.
    fn keep_in_memory(files: &OpenFiles, path: &Path) -> Arc<OpenFile> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(file) = keep(files, path).filter(|file| file.content.get().is_some()) {
                return file;
            }
            assert!(Instant::now() < deadline, "never kept in memory");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_fresh_file_is_read_anew_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        fs::write(&path, "first").unwrap();
        let files = OpenFiles::default();
        assert!(keep(&files, &path).unwrap().content.get().is_none());
    }

    #[test]
    fn a_change_is_seen_although_length_and_date_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        fs::write(&path, "first").unwrap();
        let date = fs::metadata(&path).unwrap().modified().unwrap();
        let files = OpenFiles::default();
        let kept = keep_in_memory(&files, &path);
        assert_eq!(kept.content.get().unwrap(), "first");

        fs::write(&path, "other").unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(date).unwrap();
        let seen = files.get(OsStr::new(NAME));
        assert!(seen.is_none(), "it has to be opened anew");
        assert!(keep(&files, &path).unwrap().content.get().is_none(), "it is fresh again");
    }

    #[test]
    fn a_large_file_stays_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        fs::write(&path, vec![0; usize::try_from(SMALL).unwrap() + 1]).unwrap();
        fs::write(folder.path().join("small"), vec![0; usize::try_from(SMALL).unwrap()]).unwrap();
        let files = OpenFiles::default();
        // When the small one is old enough, the large one is, which is older.
        keep_in_memory(&OpenFiles::default(), &folder.path().join("small"));
        assert!(keep(&files, &path).unwrap().content.get().is_none());
    }
}
