//! The keys of every environ: made once, used for all.
//!
//! Chapter 6
//!
//! *Strategy*: a dict finds a key fastest if it is the very object that it
//! knows, whose hash is known too. So the names that requests usually have are
//! made into Python strings once, and interned. A name that nobody expects is
//! made for the one request, and forgotten with it: otherwise a client could
//! fill the memory with names.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use pyo3::prelude::*;
use pyo3::types::PyString;

/// Every name that `meta_variables` has, and the fields that clients send.
const USUAL: [&str; 54] = [
    "GATEWAY_INTERFACE",
    "SERVER_SOFTWARE",
    "SERVER_PROTOCOL",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_ADDR",
    "REQUEST_METHOD",
    "REQUEST_URI",
    "REQUEST_SCHEME",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "REMOTE_PORT",
    "HTTPS",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_CHARSET",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_AUTHORIZATION",
    "HTTP_CACHE_CONTROL",
    "HTTP_CONTENT_ENCODING",
    "HTTP_COOKIE",
    "HTTP_DATE",
    "HTTP_DNT",
    "HTTP_FORWARDED",
    "HTTP_FROM",
    "HTTP_HOST",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_RANGE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_ORIGIN",
    "HTTP_PRAGMA",
    "HTTP_PRIORITY",
    "HTTP_RANGE",
    "HTTP_REFERER",
    "HTTP_SEC_CH_UA",
    "HTTP_SEC_CH_UA_MOBILE",
    "HTTP_SEC_CH_UA_PLATFORM",
    "HTTP_SEC_FETCH_DEST",
    "HTTP_SEC_FETCH_MODE",
    "HTTP_SEC_FETCH_SITE",
    "HTTP_SEC_FETCH_USER",
    "HTTP_UPGRADE_INSECURE_REQUESTS",
    "HTTP_USER_AGENT",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REQUESTED_WITH",
];

/// Python strings by name.
pub(super) struct Keys(HashMap<&'static str, Py<PyString>, BuildHasherDefault<Quick>>);

impl Keys {
    pub(super) fn new(py: Python<'_>) -> Self {
        Keys(USUAL.into_iter().map(|name| (name, PyString::intern(py, name).unbind())).collect())
    }

    /// The key of this name.
    pub(super) fn get<'py>(&self, py: Python<'py>, name: &str) -> Bound<'py, PyString> {
        match self.0.get(name) {
            Some(key) => key.bind(py).clone(),
            None => PyString::new(py, name),
        }
    }
}

/// A hash for a table that nobody but us fills, so that nobody can choose names
/// that collide.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest bits, and at the lowest.
        self.0 ^ (self.0 >> 32)
    }
}
