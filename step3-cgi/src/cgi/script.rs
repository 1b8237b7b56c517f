//! From a path to a program, and what is left of the path.
//!
//! Chapter 4 · RFC 3875 §3.3, §4.1.5, §4.1.13
//!
//! *Strategy*: names are followed from the folder of programs down, through a
//! directory handle that cannot leave it; the first that is a file is the
//! program, and the rest of the path is told to the program (`PATH_INFO`). The
//! kernel starts a program by its name, so the name goes to it; but no name that
//! the handle did not find.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt};
use step2_static_server::resolve::{Resource, is_hidden};

use super::fault::{Fault, is_short_of_something};
use crate::site::split;

/// Programs are mounted at a path of one name, such as `/cgi-bin/`.
pub(crate) const MOUNTED: usize = 1;

/// A program for one request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// The part of the path that names it, decoded: `SCRIPT_NAME`.
    pub(crate) name: Vec<u8>,
    /// The rest of the path, decoded: `PATH_INFO`.
    pub(crate) path_info: Vec<u8>,
    /// The file to run.
    pub(crate) program: PathBuf,
    /// What to call it with.
    pub(crate) arguments: Vec<OsString>,
}

/// Where programs are found.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    folder: Option<(Dir, PathBuf)>,
    /// Programs with arguments, by name.
    pub(crate) commands: BTreeMap<OsString, (PathBuf, Vec<OsString>)>,
}

impl Scripts {
    pub(crate) fn add_folder(&mut self, path: &Path) -> io::Result<()> {
        let path = path.canonicalize()?;
        let folder = Dir::open_ambient_dir(&path, ambient_authority())?;
        self.folder = Some((folder, path));
        Ok(())
    }

    // ANCHOR: find
    /// The program that a path names.
    pub(crate) fn find(&self, resource: &Resource) -> Result<Script, Fault> {
        let names = &resource.segments()[MOUNTED..];
        let Some(first) = names.first() else { return Err(Fault::Folder) };
        if let Some((program, arguments)) = self.commands.get(first) {
            return Ok(script(resource, MOUNTED + 1, program.clone(), arguments.clone()));
        }
        let Some((folder, path)) = &self.folder else { return Err(Fault::NotFound) };
        let mut name = PathBuf::new();
        for (at, segment) in names.iter().enumerate() {
            if is_hidden(segment) {
                return Err(Fault::NotFound);
            }
            name.push(segment);
            let metadata = folder.metadata(&name).map_err(not_found)?;
            if metadata.is_dir() {
                continue;
            }
            if !metadata.is_file() || metadata.mode() & 0o111 == 0 {
                return Err(Fault::NotExecutable);
            }
            if segment.as_encoded_bytes().starts_with(b"nph-") {
                return Err(Fault::NonParsedHeader);
            }
            return Ok(script(resource, MOUNTED + at + 1, path.join(&name), Vec::new()));
        }
        Err(Fault::Folder)
    }
    // ANCHOR_END: find
}

fn script(
    resource: &Resource,
    length: usize,
    program: PathBuf,
    arguments: Vec<OsString>,
) -> Script {
    let (name, path_info) = split(resource, length);
    Script { name, path_info, program, arguments }
}

fn not_found(error: io::Error) -> Fault {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename => {
            Fault::NotFound
        }
        // It may be there, and found in a moment.
        _ if is_short_of_something(&error) => Fault::Start(error),
        _ => {
            log::warn!("cannot look for a program: {error}");
            Fault::NotFound
        }
    }
}
