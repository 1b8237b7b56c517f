//! Why a text is not a URL that can be asked for, and what to write instead.
//!
//! Chapter 1 · RFC 3986 §3, RFC 9110 §4.2

use std::fmt;

/// What is wrong with a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// A URL that does not say its scheme.
    MissingScheme {
        /// What was probably meant.
        try_this: String,
    },
    /// `https:`, which needs TLS.
    Https,
    /// A scheme other than `http`.
    Scheme(String),
    /// `http:` without the `//` that a host follows.
    Slashes,
    /// A user name or a password in front of the host.
    UserInfo,
    /// No host.
    NoHost,
    /// A character that no host name holds.
    HostCharacter(char),
    /// A name that is not ASCII.
    InternationalName(String),
    /// Brackets that hold no IPv6 address.
    Ipv6,
    /// A port that is none.
    Port(String),
    /// A line end, a tab, or another control character.
    ControlCharacter(char),
}

impl UrlError {
    /// What to try instead.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::MissingScheme { try_this } => format!("write {try_this}"),
            Self::Https => "use curl for https; the servers of this course speak http".to_owned(),
            Self::Scheme(_) => "write a URL such as http://127.0.0.1:8000/".to_owned(),
            Self::Slashes | Self::NoHost => "write http://, then a host: http://127.0.0.1:8000/".to_owned(),
            Self::UserInfo => "leave out what stands before the @; credentials belong in the field Authorization".to_owned(),
            Self::HostCharacter(_) => "a host is a name such as www.example.org or an address; a path follows after /".to_owned(),
            Self::InternationalName(_) => "write the name as the domain name system holds it, in Punycode: bücher.example is xn--bcher-kva.example".to_owned(),
            Self::Ipv6 => "write an IPv6 address in brackets and without a zone: http://[::1]:8000/".to_owned(),
            Self::Port(_) => "a port is a number from 1 to 65535".to_owned(),
            Self::ControlCharacter(_) => "write it percent-encoded, such as %0A for a line feed".to_owned(),
        }
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingScheme { .. } => f.write_str("a URL begins with its scheme (RFC 3986 §3.1)"),
            Self::Https => f.write_str("https is http inside TLS, an encrypted connection, and this client does not speak TLS"),
            Self::Scheme(scheme) => write!(f, "this client speaks http, not {}", scheme.escape_debug()),
            Self::Slashes => f.write_str("after http: come two slashes and a host (RFC 9110 §4.2.1)"),
            Self::UserInfo => f.write_str("a user name or password in a URL is refused: URLs are shown, stored and sent on (RFC 9110 §4.2.4)"),
            Self::NoHost => f.write_str("the URL names no host (RFC 9110 §4.2.1)"),
            Self::HostCharacter(c) => write!(f, "{c:?} cannot stand in a host name (RFC 3986 §3.2.2)"),
            Self::InternationalName(name) => write!(f, "the host name {name:?} is not ASCII (RFC 5890 §2.3)"),
            Self::Ipv6 => f.write_str("what stands in brackets is no IPv6 address (RFC 3986 §3.2.2)"),
            Self::Port(port) => write!(f, "{port:?} is no port (RFC 3986 §3.2.3)"),
            Self::ControlCharacter(c) => write!(f, "the control character {c:?} cannot stand in a URL (RFC 3986 §2)"),
        }
    }
}

impl std::error::Error for UrlError {}
