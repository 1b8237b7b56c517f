//! The way back: from a name to a URL path.
//!
//! Chapter 3 · RFC 3986 §2.3
//!
//! *Strategy*: a name may hold anything, a link may not; so each name is encoded
//! by itself, and the slashes between them are ours.

use std::ffi::OsStr;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::resolve::Resource;

impl Resource {
    /// The path of this folder as a URL path: from one slash to one slash, so
    /// that it can never be taken for `//another-host/`.
    #[must_use]
    pub fn folder_url(&self) -> String {
        let mut url = String::from("/");
        for segment in self.segments() {
            url.push_str(&encode_segment(segment));
            url.push('/');
        }
        url
    }
}

/// The path as a person reads it.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for name in self.segments() {
            write!(f, "/{}", name.to_string_lossy())?;
        }
        f.write_str(if self.is_folder() { "/" } else { "" })
    }
}

/// A name as a segment of a URL path.
#[must_use]
pub fn encode_segment(name: &OsStr) -> String {
    percent_encode(name.as_encoded_bytes(), SEGMENT).to_string()
}

/// What is left as it is in a segment of a URL path: `unreserved` of
/// [RFC 3986 §2.3](https://www.rfc-editor.org/rfc/rfc3986#section-2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_folder_stays_on_this_host() {
        let url = |path: &str| Resource::parse(path).unwrap().folder_url();
        assert_eq!(url("//evil.example/%2e%2e//evil.example"), "/evil.example/");
        assert_eq!(url("/a b/你"), "/a%20b/%E4%BD%A0/");
        assert_eq!(url("/"), "/");
    }
}
