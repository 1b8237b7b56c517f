//! The document root: a directory handle, and where its links lead.
//!
//! Chapter 3 · RFC 9110 §17.3
//!
//! *Strategy*: the handle is the wall: the system opens nothing through it that
//! lies outside, symbolic links included. So it follows no absolute link, not
//! even one that comes back: that begins at `/`. Where such a link leads is found
//! out by its name; what is found out is only a name, and no permission, and is
//! used through the handle like any other.

use std::io::{self, ErrorKind};
use std::iter;
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

/// A folder that nothing leaves.
#[derive(Debug)]
pub(crate) struct Root {
    /// What everything is opened through.
    pub(crate) handle: Dir,
    /// Where it was when it was opened; without symbolic links.
    path: PathBuf,
}

impl Root {
    /// The folder at this path.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        Ok(Root { handle: Dir::open_ambient_dir(&path, ambient_authority())?, path })
    }

    // ANCHOR: follow
    /// Does this with a name; or, if the handle would have to leave the root for
    /// it, with the one to which its links lead, if that is inside.
    pub(crate) fn follow<T>(
        &self,
        name: &Path,
        act: impl Fn(&Dir, &Path) -> io::Result<T>,
    ) -> io::Result<T> {
        match act(&self.handle, name) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                self.inside(name).map_or(Err(error), |name| act(&self.handle, &name))
            }
            done => done,
        }
    }

    fn inside(&self, name: &Path) -> Option<PathBuf> {
        let real = |part: &Path| self.path.join(part).canonicalize().ok();
        // Of a name that is not there, the part that is says whether it is inside.
        let (part, real) = name.ancestors().find_map(|part| Some((part, real(part)?)))?;
        let inside = real.strip_prefix(&self.path).ok()?.components();
        let rest = name.strip_prefix(part).ok()?.components();
        Some(iter::once(Component::CurDir).chain(inside).chain(rest).collect())
    }
    // ANCHOR_END: follow
}
