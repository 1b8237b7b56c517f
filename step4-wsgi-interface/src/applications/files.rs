//! Serves files: the article's `wsgi_app`, made right; beside it stands
//! `python/files.py`.
//!
//! Chapter 5 · PEP 3333, *Optional Platform-Specific File Handling*
//!
//! *Strategy*: `PATH_INFO` names a file below the root, segment by segment; a
//! segment that could lead elsewhere names nothing. Then the system is asked
//! where that really is, symbolic links followed, and it must be below the root
//! still. The file is opened when it is known to be one, and returned as it is:
//! nothing is read here, and nothing is taken for text.
//!
//! Who may write below the root could put a link there between the question and
//! the opening. Step 2's `StaticFiles` is safe from that too; it needs more
//! than the standard library.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::application::{Application, Result};
use crate::native_string::NativeStr;
use crate::{Body, Environ, StartResponse};

/// What is served for `/`, as in the article.
const START: &[u8] = b"/simple_navbar.html";

/// The files below a folder.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// The files below this folder.
    ///
    /// # Errors
    ///
    /// If there is no such folder.
    pub fn below(root: &Path) -> io::Result<Self> {
        Ok(Files { root: root.canonicalize()? })
    }

    // ANCHOR: find
    /// The file that a path names, open, and how long it is.
    fn open(&self, path: NativeStr<'_>) -> Option<(File, u64)> {
        let mut place = self.root.clone();
        for segment in path.as_bytes().strip_prefix(b"/")?.split(|byte| *byte == b'/') {
            let leads_elsewhere = segment.contains(&0) || segment.contains(&b'\\');
            match std::str::from_utf8(segment) {
                Ok("") | Err(_) => return None,
                // `.` and `..`, and names such as `.git` that hide.
                Ok(name) if name.starts_with('.') && name != ".well-known" => return None,
                Ok(_) if leads_elsewhere => return None,
                Ok(name) => place.push(name),
            }
        }
        let place = place.canonicalize().ok()?;
        if !place.starts_with(&self.root) || !place.metadata().ok()?.is_file() {
            return None;
        }
        let file = File::open(&place).ok()?;
        let length = file.metadata().ok()?.len();
        Some((file, length))
    }
    // ANCHOR_END: find
}

// ANCHOR: application
impl Application for Files {
    fn call(&self, environ: Environ, start_response: StartResponse) -> Result<Body> {
        let method = environ.get_or_empty("REQUEST_METHOD");
        if method != "GET" && method != "HEAD" {
            let headers = [("Content-Type", "text/plain"), ("Allow", "GET, HEAD")];
            start_response("405 Method Not Allowed", &headers, None)?;
            return Ok([b"files can be read here, nothing else\n"].into());
        }
        let path = match environ.get_or_empty("PATH_INFO").as_bytes() {
            b"" | b"/" => NativeStr::from_bytes(START),
            path => NativeStr::from_bytes(path),
        };
        let Some((file, length)) = self.open(path) else {
            start_response("404 Not Found", &[("Content-Type", "text/plain")], None)?;
            return Ok([b"there is no such file\n"].into());
        };
        let headers = [("Content-Type", media_type(path)), ("Content-Length", &length.to_string())];
        start_response("200 OK", &headers, None)?;
        if method == "HEAD" {
            return Ok(Body::empty());
        }
        let wrap = environ.wsgi.file_wrapper.unwrap_or(Body::file);
        Ok(wrap(file.into(), 64 * 1024))
    }
}
// ANCHOR_END: application

/// What kind of content a name promises.
fn media_type(path: NativeStr<'_>) -> &'static str {
    let extension = path.as_bytes().rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    match extension.to_ascii_lowercase().as_slice() {
        b"html" => "text/html; charset=utf-8",
        b"css" => "text/css; charset=utf-8",
        b"js" => "text/javascript; charset=utf-8",
        b"txt" => "text/plain; charset=utf-8",
        b"png" => "image/png",
        b"jpg" | b"jpeg" => "image/jpeg",
        b"svg" => "image/svg+xml",
        b"json" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_names_are_not_there_as_with_step_2() {
        let root = tempfile::tempdir().expect("a folder");
        for folder in [".git", ".well-known"] {
            std::fs::create_dir(root.path().join(folder)).expect("made");
        }
        let files = Files::below(root.path()).expect("a folder");
        for (name, is_there) in
            [("/a.b", true), ("/.well-known/a", true), ("/.env", false), ("/.git/config", false)]
        {
            std::fs::write(root.path().join(&name[1..]), "secret").expect("written");
            assert_eq!(
                files.open(NativeStr::from_bytes(name.as_bytes())).is_some(),
                is_there,
                "{name}"
            );
        }
    }
}
