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
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::reference::{Parts, merge, without_dot_segments};
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

/// The host of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name, in lower case; its addresses must be looked up.
    Name(String),
    /// An address.
    Address(IpAddr),
}

/// The port of a URL that names none.
const DEFAULT_PORT: u16 = 80;

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

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Address(IpAddr::V4(address)) => address.fmt(f),
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
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
    UrlError::MissingScheme { try_this: format!("http://{}", text.trim().trim_start_matches('/')) }
}

/// `authority = [ userinfo "@" ] host [ ":" port ]`
/// [RFC 3986 §3.2](https://www.rfc-editor.org/rfc/rfc3986#section-3.2)
fn host_and_port(authority: &str) -> Result<(Host, u16), UrlError> {
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']').ok_or(UrlError::Ipv6)?;
            let address = address.parse::<Ipv6Addr>().map_err(|_| UrlError::Ipv6)?;
            (Host::Address(address.into()), port)
        }
        None => {
            let (name, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            (named_host(name)?, port)
        }
    };
    Ok((host, port_number(port)?))
}

fn named_host(name: &str) -> Result<Host, UrlError> {
    let may_stand = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    match name.chars().find(|&c| !may_stand(c)) {
        _ if name.is_empty() => Err(UrlError::NoHost),
        Some(c) if !c.is_ascii() => Err(UrlError::InternationalName(name.to_owned())),
        Some(c) => Err(UrlError::HostCharacter(c)),
        None => match name.parse::<Ipv4Addr>() {
            Ok(address) => Ok(Host::Address(address.into())),
            Err(_) => Ok(Host::Name(name.to_ascii_lowercase())),
        },
    }
}

fn port_number(port: &str) -> Result<u16, UrlError> {
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok(DEFAULT_PORT),
        Some("") => Ok(DEFAULT_PORT),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let number = digits.parse().ok().filter(|&number| number > 0);
            number.ok_or_else(|| UrlError::Port(digits.to_owned()))
        }
        _ => Err(UrlError::Port(port.trim_start_matches(':').to_owned())),
    }
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
