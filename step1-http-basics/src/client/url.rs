//! A URL of the scheme `http`, taken apart.
//!
//! Chapter 1 · RFC 9110 §4.2.1, RFC 3986
//!
//! *Strategy*: a URL answers three questions: whom to connect to (host and
//! port), what to ask for there (path and query), and where to look in what
//! comes (fragment, which is never sent). The path and the query are made fit
//! for the wire as browsers make them: dot segments are taken out, and bytes
//! that no request target may hold are percent-encoded.
//!
//! ```
//! use step1_http_basics::client::Url;
//!
//! let url = Url::parse("http://localhost:8000/a b/../é?q=1#there")?;
//! assert_eq!(url.authority(), "localhost:8000");
//! assert_eq!(url.target(), "/%C3%A9?q=1");
//! assert_eq!(url.fragment(), Some("there"));
//! # Ok::<(), step1_http_basics::client::UrlError>(())
//! ```

use std::fmt::{self, Write};

use super::host::{DEFAULT_PORT, Host, host_and_port};
use super::relative::{Parts, merge, without_dot_segments};
pub use super::url_error::UrlError;

/// Where to connect to, and what to ask for there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    host: Host,
    port: u16,
    path: String,
    query: Option<String>,
    fragment: Option<String>,
}

impl Url {
    /// Reads an absolute URL.
    ///
    /// # Errors
    /// When it is none, or not one that this client can ask for.
    pub fn parse(text: &str) -> Result<Url, UrlError> {
        let parts = Parts::split(text)?;
        match (parts.scheme, parts.authority) {
            (Some(_), Some(_)) => Self::from_parts(&parts),
            // `localhost:8000` is no scheme with a path, whatever it looks like.
            (Some(_), None) if looks_like_a_port(&parts.path) => Err(missing_scheme(text)),
            (Some(scheme), None) => Err(is_http(scheme).err().unwrap_or(UrlError::Slashes)),
            (None, _) => Err(missing_scheme(text)),
        }
    }

    /// Resolves a reference, such as the value of `Location`, against this URL.
    /// [RFC 3986 §5.2](https://www.rfc-editor.org/rfc/rfc3986#section-5.2)
    ///
    /// # Errors
    /// When the result is no URL that this client can ask for.
    pub fn join(&self, reference: &str) -> Result<Url, UrlError> {
        let parts = Parts::split(reference)?;
        if parts.scheme.is_some() {
            return Url::parse(reference);
        }
        if parts.authority.is_some() {
            return Self::from_parts(&parts);
        }
        let fragment = parts.fragment.map(str::to_owned);
        if parts.path.is_empty() {
            let query = parts.query.map(encode_query).or_else(|| self.query.clone());
            return Ok(Url { query, fragment, ..self.clone() });
        }
        Ok(Url {
            path: encode_path(&without_dot_segments(&merge(&self.path, &parts.path))),
            query: parts.query.map(encode_query),
            fragment,
            ..self.clone()
        })
    }

    fn from_parts(parts: &Parts<'_>) -> Result<Url, UrlError> {
        is_http(parts.scheme.unwrap_or("http"))?;
        let (host, port) = host_and_port(parts.authority.unwrap_or_default())?;
        let path = if parts.path.is_empty() { "/" } else { &parts.path };
        Ok(Url {
            host,
            port,
            path: encode_path(&without_dot_segments(path)),
            query: parts.query.map(encode_query),
            fragment: parts.fragment.map(str::to_owned),
        })
    }

    /// Whom to connect to.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port to connect to; 80 if the URL names none.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What stays with the client: the part after `#`.
    #[must_use]
    pub fn fragment(&self) -> Option<&str> {
        self.fragment.as_deref()
    }

    /// What to ask for: the request target in origin-form.
    /// [RFC 9112 §3.2.1](https://www.rfc-editor.org/rfc/rfc9112#section-3.2.1)
    #[must_use]
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// Host and port as the `Host` field holds them: without port 80.
    #[must_use]
    pub fn authority(&self) -> String {
        match self.port {
            DEFAULT_PORT => self.host.to_string(),
            port => format!("{}:{port}", self.host),
        }
    }

    /// Whether both have the same host and port: whoever may see a password
    /// that was sent to the one may see it at the other.
    #[must_use]
    pub fn is_same_origin(&self, other: &Url) -> bool {
        (&self.host, self.port) == (&other.host, other.port)
    }
}

/// Without the fragment, which no server sees.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority(), self.target())
    }
}

fn is_http(scheme: &str) -> Result<(), UrlError> {
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok(()),
        "https" => Err(UrlError::Https),
        other => Err(UrlError::Scheme(other.to_owned())),
    }
}

fn looks_like_a_port(path: &str) -> bool {
    let port = path.split('/').next().unwrap_or_default();
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn missing_scheme(text: &str) -> UrlError {
    let text = text.trim();
    let is_path = text.is_empty() || (text.starts_with('/') && !text.starts_with("//"));
    let host = if is_path { "127.0.0.1:8000" } else { "" };
    let rest = if is_path { text } else { text.trim_start_matches('/') };
    UrlError::MissingScheme { try_this: format!("http://{host}{rest}") }
}

/// The path percent-encode set of browsers.
/// [URL §1.3](https://url.spec.whatwg.org/#path-percent-encode-set)
fn encode_path(path: &str) -> String {
    percent_encode(path, b" \"#<>?^`{}")
}

/// The query percent-encode set of browsers, for `http`.
/// [URL §1.3](https://url.spec.whatwg.org/#special-query-percent-encode-set)
fn encode_query(query: &str) -> String {
    percent_encode(query, b" \"#<>'")
}

/// Writes `also` and all that is not visible ASCII as `%` and two digits. What
/// is encoded already stays as it is, and so does a stray `%`.
fn percent_encode(text: &str, also: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !also.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, UrlError>) {
        let url = Url::parse(text).map(|url| url.to_string());
        assert_eq!(url, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn a_url_is_made_fit_for_the_wire() {
        check("http://a", Ok("http://a/"));
        check(" HTTP://A:80?q ", Ok("http://a/?q"));
        check("http://a:8000/x#y", Ok("http://a:8000/x"));
        check("http://a/b c/\u{e9}?d e'#f", Ok("http://a/b%20c/%C3%A9?d%20e%27"));
        check("http://a/%41%zz%2f", Ok("http://a/%41%zz%2f"));
        check("http://a/./b/../../c/.", Ok("http://a/c/"));
        check("http://a\\b", Ok("http://a/b"));
        check("http://a/{}|^`\"<>", Ok("http://a/%7B%7D|%5E%60%22%3C%3E"));
        check("http://a//b", Ok("http://a//b"));
    }

    #[test]
    fn what_is_no_url_of_ours_says_why() {
        let missing = |text: &str| Err(UrlError::MissingScheme { try_this: text.to_owned() });
        check("localhost:8000/x", missing("http://localhost:8000/x"));
        check("127.0.0.1:8000", missing("http://127.0.0.1:8000"));
        check("//a/b", missing("http://a/b"));
        check("/index.html", missing("http://127.0.0.1:8000/index.html"));
        check("", missing("http://127.0.0.1:8000"));
        check("https://a/", Err(UrlError::Https));
        check("HTTPS:a", Err(UrlError::Https));
        check("ftp://a/", Err(UrlError::Scheme("ftp".to_owned())));
        check("mailto:me@a", Err(UrlError::Scheme("mailto".to_owned())));
        check("http:/a", Err(UrlError::Slashes));
        check("http:a", Err(UrlError::Slashes));
        check("http:///a", Err(UrlError::NoHost));
        check("http://a/\r\nX: 1", Err(UrlError::ControlCharacter('\r')));
    }

    #[test]
    fn no_text_makes_a_target_that_could_not_be_sent() {
        for byte in 0..=255_u8 {
            let text = format!("http://a/{0}?{0}", char::from(byte));
            let Ok(url) = Url::parse(&text) else { continue };
            let target = crate::target::RequestTarget::parse(&http::Method::GET, &url.target());
            assert!(target.is_ok(), "{text:?} becomes {url}: {target:?}");
        }
    }
}
