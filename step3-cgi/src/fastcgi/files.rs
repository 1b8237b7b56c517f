//! What lies below the root of the files that an application is told of.
//!
//! Chapter 4
//!
//! *Strategy*: names are looked up through a directory handle that cannot leave
//! the root. That a file is there is believed for a second, so that a page which
//! is asked for often is not looked up each time; that it is not is never
//! believed.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

/// That a file is there is believed for so long, as with files that are sent.
const BELIEVED: Duration = Duration::from_secs(1);
/// The most files that are remembered.
const REMEMBERED: usize = 1024;

/// A folder, and what was found in it.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    folder: Dir,
    /// Files that were there a moment ago.
    seen: Mutex<HashMap<OsString, Instant>>,
}

/// What a name below the root stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    File,
    Folder,
    Nothing,
    /// A link out of the root, a pipe, what may not be looked at.
    Other,
}

impl Files {
    pub(super) fn below(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        let folder = Dir::open_ambient_dir(&root, ambient_authority())?;
        Ok(Files { root, folder, seen: Mutex::default() })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// What has this name below the root. A link that leads out of it leads
    /// nowhere.
    pub(super) fn look(&self, name: &Path) -> Found {
        let name = name.as_os_str();
        if self.seen().get(name).is_some_and(|since| since.elapsed() < BELIEVED) {
            return Found::File;
        }
        let found = match self.folder.metadata(name) {
            Ok(metadata) if metadata.is_file() => Found::File,
            Ok(metadata) if metadata.is_dir() => Found::Folder,
            // A name that is too long is nobody's.
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidFilename) =>
            {
                Found::Nothing
            }
            _ => Found::Other,
        };
        let mut seen = self.seen();
        if found == Found::File {
            if seen.len() >= REMEMBERED {
                seen.clear();
            }
            seen.insert(name.to_owned(), Instant::now());
        } else {
            seen.remove(name);
        }
        found
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<OsString, Instant>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
