//! The handler that answers with files.
//!
//! Chapter 3 · RFC 9110 §9.3
//!
//! *Strategy*: the method says whether we may answer at all, the target says
//! what is meant, the directory handle opens it or does not, and what was opened
//! is looked at once more: only a regular file is sent. All names go through
//! `open_now`, and there is no other way to a file.
//!
//! ```no_run
//! use step2_static_server::static_files::StaticFiles;
//!
//! let handler = StaticFiles::open("www".as_ref())?;
//! # Ok::<(), std::io::Error>(())
//! ```

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use cap_std::fs::OpenOptions;
use http::header::{ALLOW, LOCATION};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use step1_http_basics::handler::{Handler, Request, Response};

use crate::answer::{OpenFile, answer};
use crate::open_error::{is_out_of_descriptors, refuse};
use crate::open_files::OpenFiles;
use crate::precompressed;
use crate::representation::Representation;
use crate::resolve::Resource;
use crate::root::Root;
use crate::write::Writer;
use crate::{error_page, listing};

/// The files that stand for a folder, in this order.
const INDEXES: [&str; 2] = ["index.html", "simple_navbar.html"];

/// What a server may do with its files besides sending them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// List a folder that has no index.
    pub list: bool,
    /// Accept `PUT` and `DELETE`.
    pub write: bool,
}

/// Answers requests from the files of one folder.
#[derive(Debug)]
pub struct StaticFiles {
    root: Root,
    /// A folder below the root whose files are never sent.
    withheld: Option<PathBuf>,
    options: Options,
    writer: Writer,
    open_files: OpenFiles,
}

/// What a name turned out to be.
pub(crate) enum Opened {
    File(Arc<OpenFile>),
    Folder,
}

/// What a resource turned out to be.
enum Found {
    File(Arc<OpenFile>),
    FolderWithoutSlash,
    FolderWithoutIndex,
}

impl StaticFiles {
    /// Serves the files of this folder, and nothing outside of it.
    ///
    /// # Errors
    /// When it cannot be opened, or is no folder.
    pub fn open(root: &Path) -> io::Result<Self> {
        Ok(StaticFiles {
            root: Root::open(root)?,
            withheld: None,
            options: Options::default(),
            writer: Writer::default(),
            open_files: OpenFiles::default(),
        })
    }

    /// The same files, with these options.
    #[must_use]
    pub fn with(self, options: Options) -> Self {
        StaticFiles { options, ..self }
    }

    /// The same files, but for those of one folder: a path relative to the root,
    /// without symbolic links. They are neither sent nor written, whatever name
    /// leads to them.
    #[must_use]
    pub fn without(self, folder: &Path) -> Self {
        StaticFiles { withheld: Some(folder.to_owned()), ..self }
    }

    /// Refuses a name that leads to what is withheld, perhaps by a symbolic link.
    fn refuse_withheld(&self, name: &Path) -> io::Result<()> {
        let Some(withheld) = &self.withheld else { return Ok(()) };
        if self.root.handle.canonicalize(name)?.starts_with(withheld) {
            return Err(io::Error::new(ErrorKind::PermissionDenied, "this folder is withheld"));
        }
        Ok(())
    }

    /// Whether this name is in the folder that is withheld, also if there is no
    /// such file yet.
    fn is_withheld(&self, resource: &Resource) -> bool {
        let name = resource.relative_path();
        name.ancestors().any(|name| {
            let refused = self.refuse_withheld(name).err();
            refused.is_some_and(|error| error.kind() == ErrorKind::PermissionDenied)
        })
    }

    // ANCHOR: get
    fn get(&self, resource: &Resource, request: &Request<'_>) -> Response {
        let path = request.head.target.path();
        match self.find(resource, &request.head.fields) {
            Ok(Found::File(file)) => answer(request, &file),
            Ok(Found::FolderWithoutSlash) => moved_to_folder(resource, request.head.target.query()),
            Ok(Found::FolderWithoutIndex) if self.options.list => self.list(resource, path),
            Ok(Found::FolderWithoutIndex) => {
                error_page::not_found(path, "this folder has no index.html")
            }
            Err(error) => refuse(path, &error),
        }
    }
    // ANCHOR_END: get

    fn find(&self, resource: &Resource, fields: &HeaderMap) -> io::Result<Found> {
        let name = resource.relative_path();
        match self.open_inside(&name)? {
            Opened::File(_) if resource.is_folder() => Err(ErrorKind::NotFound.into()),
            Opened::File(file) => Ok(Found::File(self.negotiate(&name, file, fields))),
            Opened::Folder if !resource.is_folder() => Ok(Found::FolderWithoutSlash),
            Opened::Folder => {
                for index in INDEXES {
                    let name = name.join(index);
                    match self.open_inside(&name) {
                        Ok(Opened::File(file)) => {
                            return Ok(Found::File(self.negotiate(&name, file, fields)));
                        }
                        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                        _ => {}
                    }
                }
                Ok(Found::FolderWithoutIndex)
            }
        }
    }

    /// This file, or a compressed one beside it that the client takes.
    fn negotiate(&self, name: &Path, file: Arc<OpenFile>, fields: &HeaderMap) -> Arc<OpenFile> {
        precompressed::choose(name, file, fields, |name| self.open_inside(name))
    }

    fn list(&self, resource: &Resource, path: &str) -> Response {
        let name = resource.relative_path();
        let look =
            |entry: &OsStr| self.root.follow(&name.join(entry), |root, it| root.metadata(it));
        self.root
            .follow(&name, |root, name| root.open_dir(name))
            .and_then(|folder| listing::page(&folder, look, resource))
            .unwrap_or_else(|error| refuse(path, &error))
    }

    /// A file that is open already, or opened now.
    fn open_inside(&self, name: &Path) -> io::Result<Opened> {
        if let Some(file) = self.open_files.get(name.as_os_str()) {
            return Ok(Opened::File(file));
        }
        let opened = self.open_now(name).or_else(|error| {
            if !is_out_of_descriptors(&error) {
                return Err(error);
            }
            self.open_files.close_all();
            self.open_now(name)
        })?;
        if let Opened::File(file) = &opened {
            self.open_files.keep(name.as_os_str(), file);
        }
        Ok(opened)
    }

    // ANCHOR: open_now
    /// The one place where a file is opened. Neither `..` nor a symbolic link
    /// leads out of the root, and a FIFO does not make us wait for its writer.
    fn open_now(&self, name: &Path) -> io::Result<Opened> {
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt;
            options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        }
        let file = self.root.follow(name, |root, name| {
            let file = root.open_with(name, &options)?;
            self.refuse_withheld(name).map(|()| file)
        })?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Ok(Opened::Folder);
        }
        if !metadata.is_file() {
            return Err(io::Error::new(ErrorKind::PermissionDenied, "neither a file nor a folder"));
        }
        let modified = metadata.modified().ok().map(cap_std::time::SystemTime::into_std);
        let state = Representation::new(name, metadata.len(), modified, SystemTime::now());
        Ok(Opened::File(Arc::new(OpenFile::new(Arc::new(file.into_std()), state))))
    }
    // ANCHOR_END: open_now

    fn allowed(&self) -> &'static str {
        if self.options.write { "GET, HEAD, OPTIONS, PUT, DELETE" } else { "GET, HEAD, OPTIONS" }
    }
}

impl Handler for StaticFiles {
    // ANCHOR: handle
    fn handle(&self, request: &mut Request<'_>) -> Response {
        let method = request.head.method.clone();
        if !is_known(&method) {
            return error_page::not_implemented(&method);
        }
        if method == Method::OPTIONS {
            return Response::new(StatusCode::NO_CONTENT)
                .field(ALLOW, HeaderValue::from_static(self.allowed()));
        }
        let path = request.head.target.path();
        let resource = match Resource::parse(path) {
            Ok(resource) => resource,
            Err(error) => return error_page::bad_path(path, error),
        };
        match method {
            Method::GET | Method::HEAD => self.get(&resource, request),
            Method::PUT | Method::DELETE if self.is_withheld(&resource) => {
                error_page::forbidden(path)
            }
            Method::PUT if self.options.write => {
                let response = self.writer.put(&self.root.handle, &resource, request);
                self.open_files.close_all();
                response
            }
            Method::DELETE if self.options.write => {
                let response = self.writer.delete(&self.root.handle, &resource, request);
                self.open_files.close_all();
                response
            }
            _ => error_page::method_not_allowed(&method, self.allowed())
                .field(ALLOW, HeaderValue::from_static(self.allowed())),
        }
    }
    // ANCHOR_END: handle
}

/// A method that nobody has heard of is 501; one that is not for files, 405.
fn is_known(method: &Method) -> bool {
    matches!(
        method.as_str(),
        "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "CONNECT" | "OPTIONS" | "TRACE" | "PATCH"
    )
}

/// A folder is asked for without its slash: relative links in it would go
/// wrong, so the client is sent to the right address.
#[must_use]
pub fn moved_to_folder(resource: &Resource, query: Option<&str>) -> Response {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let location = format!("{}{query}", resource.folder_url());
    match HeaderValue::try_from(&location) {
        Ok(value) => error_page::moved(&location).field(LOCATION, value),
        Err(_) => Response::new(StatusCode::BAD_REQUEST),
    }
}
