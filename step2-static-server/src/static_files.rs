//! The handler that answers with files.
//!
//! Chapter 3 · RFC 9110 §9.3
//!
//! *Strategy*: the method says whether we may answer at all, the target says
//! what is meant, the directory handle opens it or does not, and what was opened
//! is looked at once more: only a regular file is sent. All names go through
//! `Root::open`, and there is no other way to a file.
//!
//! ```no_run
//! use step2_static_server::static_files::StaticFiles;
//!
//! let handler = StaticFiles::open("www".as_ref())?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use http::header::{
    ALLOW, CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED, LOCATION, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, StatusCode};
use step1_http_basics::handler::{Body, Handler, Request, Response};

use crate::error_page;
use crate::representation::Representation;
use crate::resolve::Resource;

/// The files that stand for a folder, in this order.
const INDEXES: [&str; 2] = ["index.html", "simple_navbar.html"];

/// Answers `GET`, `HEAD` and `OPTIONS` from the files of one folder.
#[derive(Debug)]
pub struct StaticFiles {
    root: Dir,
}

/// What a name turned out to be.
enum Opened {
    File(OpenFile),
    Folder,
}

/// A regular file, open for reading, and its state when it was opened.
struct OpenFile {
    file: Arc<File>,
    length: u64,
    modified: Option<SystemTime>,
}

/// What a resource turned out to be.
enum Found {
    File(PathBuf, OpenFile),
    FolderWithoutSlash,
    FolderWithoutIndex,
}

impl StaticFiles {
    /// Serves the files of this folder, and nothing outside of it.
    ///
    /// # Errors
    /// When it cannot be opened, or is no folder.
    pub fn open(root: &Path) -> io::Result<Self> {
        Ok(StaticFiles { root: Dir::open_ambient_dir(root, ambient_authority())? })
    }

    // ANCHOR: get
    fn get(&self, request: &Request<'_>) -> Response {
        let path = request.head.target.path();
        let resource = match Resource::parse(path) {
            Ok(resource) => resource,
            Err(error) => return error_page::not_found(path, &error.to_string()),
        };
        match self.find(&resource) {
            Ok(Found::File(name, file)) => send(&name, file),
            Ok(Found::FolderWithoutSlash) => {
                moved_to_folder(&resource, request.head.target.query())
            }
            Ok(Found::FolderWithoutIndex) => {
                error_page::not_found(path, "this folder has no index.html")
            }
            Err(error) => refuse(path, &error),
        }
    }
    // ANCHOR_END: get

    fn find(&self, resource: &Resource) -> io::Result<Found> {
        let name = resource.relative_path();
        match self.open_inside(&name)? {
            Opened::File(_) if resource.is_folder() => Err(io::ErrorKind::NotFound.into()),
            Opened::File(file) => Ok(Found::File(name, file)),
            Opened::Folder if !resource.is_folder() => Ok(Found::FolderWithoutSlash),
            Opened::Folder => {
                for index in INDEXES {
                    let name = name.join(index);
                    match self.open_inside(&name) {
                        Ok(Opened::File(file)) => return Ok(Found::File(name, file)),
                        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                        _ => {}
                    }
                }
                Ok(Found::FolderWithoutIndex)
            }
        }
    }

    /// The one place where a file is opened. Neither `..` nor a symbolic link
    /// leads out of the root, and a FIFO does not make us wait for its writer.
    fn open_inside(&self, name: &Path) -> io::Result<Opened> {
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt;
            options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        }
        let file = self.root.open_with(name, &options)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            Ok(Opened::Folder)
        } else if metadata.is_file() {
            Ok(Opened::File(OpenFile {
                file: Arc::new(file.into_std()),
                length: metadata.len(),
                modified: metadata.modified().ok().map(cap_std::time::SystemTime::into_std),
            }))
        } else {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "neither a file nor a folder"))
        }
    }
}

impl Handler for StaticFiles {
    fn handle(&self, request: &mut Request<'_>) -> Response {
        match request.head.method {
            Method::GET | Method::HEAD => self.get(request),
            Method::OPTIONS => Response::new(StatusCode::NO_CONTENT).field(ALLOW, ALLOWED),
            Method::POST
            | Method::PUT
            | Method::DELETE
            | Method::PATCH
            | Method::TRACE
            | Method::CONNECT => {
                error_page::method_not_allowed(&request.head.method).field(ALLOW, ALLOWED)
            }
            _ => error_page::not_implemented(&request.head.method),
        }
    }
}

const ALLOWED: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

fn send(name: &Path, file: OpenFile) -> Response {
    let state = Representation::new(name, file.length, file.modified);
    let now = SystemTime::now();
    let mut response = Response::new(StatusCode::OK);
    let mut add = |name: HeaderName, value: Option<HeaderValue>| {
        value.map(|value| response.fields.insert(name, value))
    };
    add(LAST_MODIFIED, state.last_modified(now));
    add(ETAG, state.entity_tag(now));
    add(CONTENT_TYPE, Some(state.media_type));
    add(X_CONTENT_TYPE_OPTIONS, Some(HeaderValue::from_static("nosniff")));
    response.body = Body::File { file: file.file, range: 0..file.length };
    response
}

/// A folder is asked for without its slash: relative links in it would go
/// wrong, so the client is sent to the right address.
fn moved_to_folder(resource: &Resource, query: Option<&str>) -> Response {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let location = format!("{}{query}", resource.folder_url());
    match HeaderValue::try_from(&location) {
        Ok(value) => error_page::moved(&location).field(LOCATION, value),
        Err(_) => Response::new(StatusCode::BAD_REQUEST),
    }
}

fn refuse(path: &str, error: &io::Error) -> Response {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};
    match error.kind() {
        NotFound | NotADirectory | InvalidFilename => {
            error_page::not_found(path, "there is no such file")
        }
        PermissionDenied => error_page::forbidden(path),
        _ if is_a_loop(error) => {
            error_page::not_found(path, "a symbolic link that leads to itself")
        }
        _ => {
            log::error!("cannot open {path:?}: {error}");
            error_page::unavailable(path)
        }
    }
}

fn is_a_loop(error: &io::Error) -> bool {
    #[cfg(unix)]
    return rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP);
    #[cfg(not(unix))]
    false
}
