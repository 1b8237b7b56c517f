//! PUT and DELETE, with `--write`.
//!
//! Chapter 3 · RFC 9110 §9.3.4, §9.3.5
//!
//! *Strategy*: new content goes to a file of its own, hidden, in the same
//! folder. Only when all of it is on the disk does it take the place of the old
//! file, in one step (`rename`). So a reader sees the old file or the new one,
//! never a part; and whatever goes wrong on the way, the old file is still
//! there. Preconditions are looked at in the same moment as the change is made:
//! one writer at a time. Only if the process itself is killed, a hidden file
//! `.put-…` may stay behind; it is never served.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use cap_std::fs::{Dir, OpenOptions};
use http::header::{CONTENT_ENCODING, CONTENT_RANGE};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

use crate::error_page;
use crate::preconditions::{self, Outcome, Validators};
use crate::representation::Representation;
use crate::resolve::Resource;

/// Writes below one root.
#[derive(Debug, Default)]
pub struct Writer {
    /// Held while a precondition is evaluated and the change is made.
    turn: Mutex<()>,
}

impl Writer {
    /// Replaces the file with the content of the request: 201 if there was
    /// none before, 204 if there was.
    pub fn put(&self, root: &Dir, resource: &Resource, request: &mut Request<'_>) -> Response {
        if request.head.fields.contains_key(CONTENT_RANGE) {
            return error_page::bad_request(
                "PUT replaces a file whole; Content-Range is refused (RFC 9110 §14.5).",
            );
        }
        if request.head.fields.contains_key(CONTENT_ENCODING) {
            return error_page::unsupported_coding();
        }
        let Some((folder, name)) = place(resource) else {
            return error_page::conflict("This is a folder; only files can be written.");
        };
        match self.replace(root, &folder, &name, request) {
            Ok(response) => response,
            Err(error) => refuse(request.head.target.path(), &error),
        }
    }

    // ANCHOR: replace
    fn replace(
        &self,
        root: &Dir,
        folder: &Path,
        name: &Path,
        request: &mut Request<'_>,
    ) -> io::Result<Response> {
        let folder = root.open_dir(folder)?;
        // Before anything is received: a client that waits for 100 Continue
        // need not send what would be refused.
        if let Some(refusal) = refusal(&folder, name, request)? {
            return Ok(refusal);
        }
        let temporary = Temporary::create(&folder)?;
        io::copy(&mut request.content, &mut &temporary.file)?;
        temporary.file.sync_all()?;

        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refusal) = refusal(&folder, name, request)? {
            return Ok(refusal);
        }
        let existed = state(&folder, name)?.is_some();
        if existed {
            temporary.has_the_mode_of(name)?;
        }
        temporary.take_the_place_of(name)?;
        // No entity tag: that of a file so young is weak, and would be of no use
        // for the next `If-Match`.
        Ok(Response::new(if existed { StatusCode::NO_CONTENT } else { StatusCode::CREATED }))
    }
    // ANCHOR_END: replace

    /// Removes the file: 204. A request that turns out to be broken must have
    /// done nothing, so it is read to its end first.
    pub fn delete(&self, root: &Dir, resource: &Resource, request: &mut Request<'_>) -> Response {
        let Some((folder, name)) = place(resource) else {
            return error_page::conflict("This is a folder; only files can be removed.");
        };
        if let Err(error) = io::copy(&mut request.content, &mut io::sink()) {
            return refuse(request.head.target.path(), &error);
        }
        let path = request.head.target.path();
        let removed = root.open_dir(folder).and_then(|folder| {
            let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(refusal) = refusal(&folder, &name, request)? {
                return Ok(refusal);
            }
            folder.remove_file(&name)?;
            sync(&folder)?;
            Ok(Response::new(StatusCode::NO_CONTENT))
        });
        removed.unwrap_or_else(|error| refuse(path, &error))
    }
}

/// The folder and the name of a file; `None` for what can only be a folder.
fn place(resource: &Resource) -> Option<(PathBuf, PathBuf)> {
    let (name, folder) = resource.segments().split_last()?;
    if resource.is_folder() {
        return None;
    }
    let folder = Path::new(".").join(folder.iter().collect::<PathBuf>());
    Some((folder, PathBuf::from(name)))
}

/// What stands in the way of changing this file, if anything does.
fn refusal(folder: &Dir, name: &Path, request: &Request<'_>) -> io::Result<Option<Response>> {
    let head = &request.head;
    let current = state(folder, name)?;
    Ok(match preconditions::evaluate(&head.method, &head.fields, current.as_ref()) {
        Outcome::Proceed
            if folder.symlink_metadata(name).is_ok_and(|it| !it.is_file() && !it.is_symlink()) =>
        {
            Some(error_page::conflict("This is not a file; only files can be written or removed."))
        }
        Outcome::Proceed if current.is_none() && head.method == Method::DELETE => {
            Some(error_page::not_found(head.target.path(), "there is no such file"))
        }
        Outcome::Proceed => None,
        Outcome::NotModified | Outcome::Failed => Some(error_page::precondition_failed()),
    })
}

/// The validators of the file that is there now, if there is one.
fn state(folder: &Dir, name: &Path) -> io::Result<Option<Validators>> {
    match folder.metadata(name) {
        Ok(metadata) => {
            let modified = metadata.modified().ok().map(cap_std::time::SystemTime::into_std);
            Ok(Some(
                Representation::new(name, metadata.len(), modified, SystemTime::now()).validators(),
            ))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A hidden file in the folder of the one that it is to replace. If it never
/// does, it is removed.
struct Temporary<'d> {
    folder: &'d Dir,
    name: PathBuf,
    file: cap_std::fs::File,
    done: bool,
}

impl<'d> Temporary<'d> {
    fn create(folder: &'d Dir) -> io::Result<Self> {
        let name = PathBuf::from(format!(
            ".put-{:016x}",
            RandomState::new().hash_one(std::thread::current().id())
        ));
        let file = folder.open_with(&name, OpenOptions::new().write(true).create_new(true))?;
        Ok(Temporary { folder, name, file, done: false })
    }

    /// Whoever may read or run the old file may do so with the new one.
    fn has_the_mode_of(&self, name: &Path) -> io::Result<()> {
        #[cfg(unix)]
        {
            use cap_std::fs::{MetadataExt, Permissions, PermissionsExt};
            let mode = self.folder.metadata(name)?.mode() & 0o777;
            self.file.set_permissions(Permissions::from_mode(mode))?;
        }
        #[cfg(not(unix))]
        let _ = name;
        Ok(())
    }

    fn take_the_place_of(mut self, name: &Path) -> io::Result<()> {
        self.folder.rename(&self.name, self.folder, name)?;
        self.done = true;
        sync(self.folder)
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.done {
            let _ = self.folder.remove_file(&self.name);
        }
    }
}

/// A new name is on the disk when its folder is.
fn sync(folder: &Dir) -> io::Result<()> {
    if cfg!(unix) { folder.open(".")?.sync_all() } else { Ok(()) }
}

fn refuse(path: &str, error: &io::Error) -> Response {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            error_page::conflict("The folder for this file does not exist; make it first.")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            log::error!("cannot write {path:?}: {error}");
            error_page::insufficient_storage(path)
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => error_page::forbidden(path),
        ErrorKind::InvalidFilename => error_page::name_too_long(),
        // The content did not arrive whole: nobody's disk is to blame.
        ErrorKind::InvalidData
        | ErrorKind::UnexpectedEof
        | ErrorKind::TimedOut
        | ErrorKind::ConnectionReset => error_page::bad_request(&error.to_string()),
        ErrorKind::IsADirectory | ErrorKind::DirectoryNotEmpty => {
            error_page::conflict("This is a folder.")
        }
        _ => {
            log::error!("cannot write {path:?}: {error}");
            error_page::unavailable(path)
        }
    }
}
