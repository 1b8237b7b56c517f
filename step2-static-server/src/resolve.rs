//! From a request target to a name inside the document root.
//!
//! Chapter 3 · RFC 3986 §5.2.4, RFC 9110 §17.3
//!
//! *Strategy*: the path is split at its slashes, each segment is decoded once,
//! and dot segments are taken away, so that what is left names something below
//! the root or nothing. That is the first lock. The second does not trust the
//! first: files are opened through a directory handle (`cap-std`) that the
//! kernel holds inside the root, symbolic links included.
//!
//! ```
//! use step2_static_server::resolve::Resource;
//!
//! let resource = Resource::parse("/css/../caf%C3%A9/").unwrap();
//! assert_eq!(resource.segments(), ["café"]);
//! assert!(resource.is_folder());
//! ```

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

use http::StatusCode;
use percent_encoding::percent_decode_str;

/// What a path names, below the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    segments: Vec<OsString>,
    is_folder: bool,
}

/// Why a path names nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathError {
    /// `%` without two hexadecimal digits after it.
    Encoding,
    /// A NUL, which no name can hold, and which ends a name for some programs.
    Nul,
    /// A segment that no file can be called, such as one with an encoded slash.
    Name,
    /// A name that begins with a dot: hidden, and not served.
    Hidden,
}

impl Resource {
    // ANCHOR: parse
    /// Reads the path of a request target.
    ///
    /// # Errors
    /// When no file below the root can have this path.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let resource = Self::parse_any(path)?;
        if resource.segments.iter().any(|name| is_hidden(name)) {
            return Err(PathError::Hidden);
        }
        Ok(resource)
    }

    /// Reads a path that may also hold names which are no files.
    ///
    /// # Errors
    /// When a segment cannot be a name.
    pub fn parse_any(path: &str) -> Result<Self, PathError> {
        let mut segments = Vec::new();
        let mut is_folder = true;
        for raw in path.split('/') {
            let name = decode(raw)?;
            match name.as_encoded_bytes() {
                b"" | b"." => is_folder = true,
                // Above the root is the root: RFC 3986 §5.2.4.
                b".." => {
                    segments.pop();
                    is_folder = true;
                }
                _ => {
                    segments.push(name);
                    is_folder = false;
                }
            }
        }
        Ok(Resource { segments, is_folder })
    }
    // ANCHOR_END: parse

    /// The folder with this name in the root.
    #[must_use]
    pub fn of_folder(name: &str) -> Self {
        Resource { segments: vec![name.into()], is_folder: true }
    }

    /// The names from the root down.
    #[must_use]
    pub fn segments(&self) -> &[OsString] {
        &self.segments
    }

    /// Whether the path ends with a slash, so that it can only mean a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.is_folder
    }

    /// The path relative to the root; `.` for the root itself.
    #[must_use]
    pub fn relative_path(&self) -> PathBuf {
        if self.segments.is_empty() { PathBuf::from(".") } else { self.segments.iter().collect() }
    }
}

/// Whether a file with this name is not served: it begins with a dot. Only the
/// folder of [RFC 8615](https://www.rfc-editor.org/rfc/rfc8615) is meant to be
/// found.
#[must_use]
pub fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") && name != ".well-known"
}

// ANCHOR: decode
/// Decodes one segment, once: `%252e` is the name `%2e`, not a dot.
fn decode(raw: &str) -> Result<OsString, PathError> {
    let mut rest = raw.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        match rest.get(at + 1..at + 3) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => rest = &rest[at + 3..],
            _ => return Err(PathError::Encoding),
        }
    }
    let bytes: Vec<u8> = percent_decode_str(raw).collect();
    if bytes.contains(&0) {
        return Err(PathError::Nul);
    }
    if bytes.contains(&b'/') {
        return Err(PathError::Name);
    }
    // On Windows these end a name, or begin another file's.
    if cfg!(windows) && bytes.iter().any(|byte| matches!(byte, b'\\' | b':')) {
        return Err(PathError::Name);
    }
    os_string(bytes)
}
// ANCHOR_END: decode

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> Result<OsString, PathError> {
    use std::os::unix::ffi::OsStringExt;
    Ok(OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> Result<OsString, PathError> {
    String::from_utf8(bytes).map(OsString::from).map_err(|_| PathError::Name)
}

impl PathError {
    /// The status code to answer with: some paths are no paths, others only
    /// name nothing here.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Encoding | Self::Nul => StatusCode::BAD_REQUEST,
            Self::Name | Self::Hidden => StatusCode::NOT_FOUND,
        }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nul => "a path cannot hold a NUL",
            Self::Name => "no file can have this name: it holds an encoded slash",
            Self::Encoding => "% must be followed by two hexadecimal digits",
            Self::Hidden => "names that begin with a dot are hidden",
        })
    }
}

impl std::error::Error for PathError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Result<&str, PathError>) {
        let resource = Resource::parse(path);
        assert_eq!(
            resource.map(|resource| resource.to_string()),
            expected.map(str::to_owned),
            "{path}"
        );
    }

    #[test]
    fn a_path_is_made_of_decoded_segments() {
        check("/", Ok("/"));
        check("/a/b.html", Ok("/a/b.html"));
        check("//a//b/", Ok("/a/b/"));
        check("/%E4%BD%A0%20%23%3F", Ok("/你 #?"));
        check("/100%25", Ok("/100%"));
    }

    #[test]
    fn no_path_leads_above_the_root() {
        check("/..", Ok("/"));
        check("/../../etc/passwd", Ok("/etc/passwd"));
        check("/a/%2e%2E/%2e./b", Ok("/b"));
        check("/a/./b/.", Ok("/a/b/"));
        check("/%252e%252e/", Ok("/%2e%2e/"));
        check("/..%2f..%2fetc/passwd", Err(PathError::Name));
        check("/a%00.html", Err(PathError::Nul));
        check("/a%2", Err(PathError::Encoding));
        check("/%+1", Err(PathError::Encoding));
    }

    #[test]
    fn hidden_names_are_not_served() {
        check("/.git/config", Err(PathError::Hidden));
        check("/a/%2Ehtpasswd", Err(PathError::Hidden));
        check("/...", Err(PathError::Hidden));
        check("/.well-known/security.txt", Ok("/.well-known/security.txt"));
    }
}
