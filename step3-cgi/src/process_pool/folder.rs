//! The folder of a pool, in which its socket lies.
//!
//! Chapter 4
//!
//! *Strategy*: whoever can connect to the socket can send any variables, so
//! nobody but us may look into the folder. It goes when the pool does. A server
//! that is killed leaves it behind, and so does one whose machine loses its
//! power; whoever starts a pool next removes it. Only what is certainly nobody's
//! is touched: a folder of this name and of our own user, whose server has ended,
//! and whose socket nobody listens at, for a server in another container may
//! share the folder of temporary files and not be seen from here.

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::io::Errno;
use rustix::process::{Pid, geteuid, test_kill_process};

use crate::fastcgi::address::Address;

/// What the names begin with; a process id and a number follow.
const NAME: &str = "step3-cgi-pool-";

/// A private folder, removed when dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// A new one, among the temporary files.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn create() -> io::Result<Self> {
        Self::create_in(&std::env::temp_dir())
    }

    fn create_in(temporary: &Path) -> io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        remove_those_of_the_dead(temporary);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let folder = temporary.join(format!("{NAME}{}-{number}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => return Ok(Folder(folder)),
                // One of a server that was killed, and had the process id that we have:
                // in a container that is started again they are the same.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => remove_if_left(&folder),
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes the folders of servers that were killed. What cannot be looked at or
/// removed stays.
fn remove_those_of_the_dead(temporary: &Path) {
    let Ok(entries) = fs::read_dir(temporary) else { return };
    for entry in entries.flatten() {
        let Some(server) = entry.file_name().to_str().and_then(server_of) else { continue };
        if test_kill_process(server) == Err(Errno::SRCH) {
            remove_if_left(&entry.path());
        }
    }
}

/// Removes a folder whose server should have ended, if it is ours and has been left.
fn remove_if_left(folder: &Path) {
    // Metadata of the entry itself: a link is no folder, wherever it leads.
    let is_ours =
        fs::symlink_metadata(folder).is_ok_and(|it| it.is_dir() && it.uid() == geteuid().as_raw());
    if is_ours && Address::Unix(folder.join("socket")).is_abandoned() {
        // In this order, and not all that lies there: then no more can go than what a
        // pool has made.
        let _ = fs::remove_file(folder.join("socket"));
        let _ = fs::remove_dir(folder);
    }
}

/// The server that has made a folder of this name.
fn server_of(name: &str) -> Option<Pid> {
    let (server, _) = name.strip_prefix(NAME)?.split_once('-')?;
    Pid::from_raw(server.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    #[test]
    fn only_what_a_killed_server_has_left_is_removed() {
        let temporary = tempfile::tempdir().unwrap();
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let (dead, alive) = (child.id(), std::process::id());
        let path = |name: &str| temporary.path().join(name);
        let folder = |name: String| {
            fs::create_dir(path(&name)).unwrap();
            let socket = UnixListener::bind(path(&name).join("socket")).unwrap();
            (name, socket)
        };
        let left = [folder(format!("{NAME}{dead}-0")), folder(format!("{NAME}{dead}-12"))];
        let left = left.map(|(name, _closed)| name);
        let still_listens = folder(format!("{NAME}{dead}-1"));
        let kept = [
            folder(format!("{NAME}{alive}-0")).0,
            folder(format!("another-{dead}-0")).0,
            folder(format!("{NAME}{dead}")).0,
            folder(format!("{NAME}x-0")).0,
            folder(format!("{NAME}-{dead}-0")).0,
            still_listens.0,
        ];
        // A link of such a name leads to what is not ours to remove.
        let elsewhere = tempfile::tempdir().unwrap();
        let socket = elsewhere.path().join("socket");
        drop(UnixListener::bind(&socket).unwrap());
        std::os::unix::fs::symlink(elsewhere.path(), path(&format!("{NAME}{dead}-2"))).unwrap();
        // And one holds more than a pool has made.
        let (more, _) = folder(format!("{NAME}{dead}-3"));
        fs::write(path(&more).join("more"), "").unwrap();

        remove_those_of_the_dead(temporary.path());
        assert_eq!(left.map(|name| path(&name).exists()), [false; 2]);
        assert_eq!(kept.map(|name| path(&name).join("socket").exists()), [true; 6]);
        assert!(socket.exists() && path(&more).join("more").exists());
    }

    #[test]
    fn what_a_killed_server_with_our_process_id_has_left_is_removed_too() {
        let temporary = tempfile::tempdir().unwrap();
        let path =
            |number: u32| temporary.path().join(format!("{NAME}{}-{number}", std::process::id()));
        // Whatever the next number is.
        for number in 0..50 {
            fs::create_dir(path(number)).unwrap();
            drop(UnixListener::bind(path(number).join("socket")).unwrap());
        }
        let folder = Folder::create_in(temporary.path()).unwrap();
        assert!(folder.0.is_dir() && !path(49).exists());
    }
}
