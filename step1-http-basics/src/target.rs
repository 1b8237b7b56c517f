//! The request target: what a request asks for, in one of four forms.
//!
//! Chapter 2 · RFC 9112 §3.2
//!
//! *Strategy*: the method decides which form may stand, the first byte decides
//! which form does. Nothing is decoded here: `%2F` stays `%2F`, because only
//! the handler knows what a path means to it.
//!
//! ```
//! use http::Method;
//! use step1_http_basics::target::RequestTarget;
//!
//! let target = RequestTarget::parse(&Method::GET, "/where?q=now").unwrap();
//! assert_eq!(target.path(), "/where");
//! assert_eq!(target.query(), Some("q=now"));
//! ```

use std::fmt;

use http::Method;

pub use crate::authority::is_authority;

// ANCHOR: forms
/// The four forms of [RFC 9112 §3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestTarget {
    /// `/where?q=now`: what a browser sends to a server.
    Origin(PathAndQuery),
    /// `http://www.example.org/pub/`: what a client sends to a proxy; a server
    /// must accept it, and its authority counts instead of `Host`.
    Absolute {
        /// `www.example.org`, with the port if one was given.
        authority: String,
        /// The rest; an empty path is `/`.
        path_and_query: PathAndQuery,
    },
    /// `www.example.com:80`: for `CONNECT` alone.
    Authority(String),
    /// `*`: the server as a whole, for `OPTIONS` alone.
    Asterisk,
}
// ANCHOR_END: forms

/// A path, and what follows the first `?`; both as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathAndQuery {
    /// Begins with `/`; percent-encoding is kept.
    pub path: String,
    /// Without the `?`; `None` if there was no `?`.
    pub query: Option<String>,
}

/// Why a request target is refused; each is a 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetError {
    /// A byte that no URI may hold: a control byte, or one above 0x7E.
    Byte(u8),
    /// `#` and what follows it is the client's own and is never sent.
    Fragment,
    /// Neither `/path`, nor `http://…`, nor what `method` may ask for besides.
    Form,
    /// The authority is not a host with an optional port.
    Authority,
}

impl RequestTarget {
    /// Reads the target of a request with this method.
    ///
    /// # Errors
    /// When a byte may not stand in a target, or the form is none of the four,
    /// or the form does not go with the method.
    pub fn parse(method: &Method, raw: &str) -> Result<Self, TargetError> {
        // Browsers send some bytes raw that RFC 3986 wants encoded, such as
        // `|` or `^`. They do no harm, so all visible ASCII may stand.
        if let Some(&byte) = raw.as_bytes().iter().find(|byte| !byte.is_ascii_graphic()) {
            return Err(TargetError::Byte(byte));
        }
        if raw.contains('#') {
            return Err(TargetError::Fragment);
        }
        if *method == Method::CONNECT {
            let valid =
                is_authority(raw) && raw.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty());
            return if valid {
                Ok(Self::Authority(raw.to_owned()))
            } else {
                Err(TargetError::Authority)
            };
        }
        match raw {
            "*" if *method == Method::OPTIONS => Ok(Self::Asterisk),
            _ if raw.starts_with('/') => Ok(Self::Origin(PathAndQuery::split(raw))),
            _ => Self::parse_absolute(raw),
        }
    }

    fn parse_absolute(raw: &str) -> Result<Self, TargetError> {
        let (scheme, rest) = raw.split_once("://").ok_or(TargetError::Form)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(TargetError::Form);
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.is_empty() || !is_authority(authority) {
            return Err(TargetError::Authority);
        }
        Ok(Self::Absolute {
            authority: authority.to_owned(),
            path_and_query: PathAndQuery::split(path),
        })
    }

    /// The path as sent, `*` for asterisk-form, empty for authority-form.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Origin(target) | Self::Absolute { path_and_query: target, .. } => &target.path,
            Self::Authority(_) => "",
            Self::Asterisk => "*",
        }
    }

    /// What follows the first `?`, as sent.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        match self {
            Self::Origin(target) | Self::Absolute { path_and_query: target, .. } => {
                target.query.as_deref()
            }
            Self::Authority(_) | Self::Asterisk => None,
        }
    }

    /// The authority that the target itself names.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        match self {
            Self::Absolute { authority, .. } | Self::Authority(authority) => Some(authority),
            Self::Origin(_) | Self::Asterisk => None,
        }
    }
}

impl PathAndQuery {
    // ANCHOR: split
    fn split(raw: &str) -> Self {
        let (path, query) = match raw.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (raw, None),
        };
        PathAndQuery { path: if path.is_empty() { "/" } else { path }.to_owned(), query }
    }
    // ANCHOR_END: split
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte(byte) => write!(f, "byte 0x{byte:02X} in the request target: send it percent-encoded, as %{byte:02X}"),
            Self::Fragment => f.write_str("# in the request target: a fragment stays with the client"),
            Self::Form => f.write_str("the request target is neither /path nor http://host/path, nor a form that this method may have"),
            Self::Authority => f.write_str("the request target does not name a host and port"),
        }
    }
}

impl std::error::Error for TargetError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        method: &Method,
        raw: &str,
        expected: Result<(&str, Option<&str>, Option<&str>), TargetError>,
    ) {
        let target = RequestTarget::parse(method, raw);
        let parts =
            target.as_ref().map(|target| (target.path(), target.query(), target.authority()));
        assert_eq!(parts.map_err(|error| *error), expected, "{method} {raw}");
    }

    #[test]
    fn origin_form_is_a_path_and_a_query() {
        check(&Method::GET, "/", Ok(("/", None, None)));
        check(&Method::GET, "/a%2Fb?x=1?2", Ok(("/a%2Fb", Some("x=1?2"), None)));
        check(&Method::GET, "/?", Ok(("/", Some(""), None)));
        check(&Method::GET, "//host/x", Ok(("//host/x", None, None)));
    }

    #[test]
    fn absolute_form_names_its_authority() {
        check(&Method::GET, "http://a.example", Ok(("/", None, Some("a.example"))));
        check(&Method::GET, "HTTP://[::1]:8000?q", Ok(("/", Some("q"), Some("[::1]:8000"))));
        check(&Method::GET, "ftp://a/", Err(TargetError::Form));
        check(&Method::GET, "http://me@a/", Err(TargetError::Authority));
        check(&Method::GET, "http:///x", Err(TargetError::Authority));
        check(&Method::GET, "http://:80/x", Err(TargetError::Authority));
        check(&Method::GET, "http://a%2gb/x", Err(TargetError::Authority));
    }

    #[test]
    fn an_error_says_what_to_send_instead() {
        let said = |raw| RequestTarget::parse(&Method::GET, raw).unwrap_err().to_string();
        let byte = "byte 0xE9 in the request target: send it percent-encoded, as %E9";
        assert_eq!(TargetError::Byte(0xE9).to_string(), byte);
        assert!(said("/a#b").ends_with("a fragment stays with the client"));
        assert!(said("a").contains("neither /path nor http://host/path"));
        assert!(said("http://").contains("does not name a host"));
    }

    #[test]
    fn the_other_forms_belong_to_one_method_each() {
        check(&Method::CONNECT, "a.example:443", Ok(("", None, Some("a.example:443"))));
        check(&Method::CONNECT, "/", Err(TargetError::Authority));
        check(&Method::OPTIONS, "*", Ok(("*", None, None)));
        check(&Method::GET, "*", Err(TargetError::Form));
        check(&Method::GET, "a.example:443", Err(TargetError::Form));
    }

    #[test]
    fn bytes_that_no_target_holds_are_named() {
        check(&Method::GET, "/\u{e9}", Err(TargetError::Byte(0xC3)));
        check(&Method::GET, "/a#b", Err(TargetError::Fragment));
        check(&Method::GET, "/|^`{}\"<>\\", Ok(("/|^`{}\"<>\\", None, None)));
    }
}
