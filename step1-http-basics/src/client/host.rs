//! Whom a URL names: a host and a port.
//!
//! Chapter 1 · RFC 3986 §3.2, RFC 9110 §4.2
//!
//! *Strategy*: a name must be looked up and an address need not be, so they are
//! told apart here, once. What could be taken for another host than it is, such
//! as `http://bank.example@evil.example/`, is refused.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::url_error::UrlError;

/// The host of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name, in lower case; its addresses must be looked up.
    Name(String),
    /// An address.
    Address(IpAddr),
}

/// The port of a URL that names none.
pub(super) const DEFAULT_PORT: u16 = 80;

/// `authority = [ userinfo "@" ] host [ ":" port ]`
/// [RFC 3986 §3.2](https://www.rfc-editor.org/rfc/rfc3986#section-3.2)
pub(super) fn host_and_port(authority: &str) -> Result<(Host, u16), UrlError> {
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

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Address(IpAddr::V4(address)) => address.fmt(f),
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(authority: &str, expected: Result<(&str, u16), UrlError>) {
        let found = host_and_port(authority).map(|(host, port)| (host.to_string(), port));
        assert_eq!(found, expected.map(|(host, port)| (host.to_owned(), port)), "{authority}");
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        check("Example.ORG", Ok(("example.org", 80)));
        check("my_host:8000", Ok(("my_host", 8000)));
        check("127.0.0.1:", Ok(("127.0.0.1", 80)));
        check("[::1]:65535", Ok(("[::1]", 65535)));
        check("[0:0:0:0:0:0:0:1]", Ok(("[::1]", 80)));
        assert!(matches!(host_and_port("127.0.0.1"), Ok((Host::Address(IpAddr::V4(_)), 80))));
        assert!(matches!(host_and_port("127.0.0.1.example"), Ok((Host::Name(_), 80))));
    }

    #[test]
    fn what_names_no_host_says_why() {
        check("", Err(UrlError::NoHost));
        check(":80", Err(UrlError::NoHost));
        check("me@a", Err(UrlError::UserInfo));
        check("me:secret@a:80", Err(UrlError::UserInfo));
        check("a b", Err(UrlError::HostCharacter(' ')));
        check("a%2fb", Err(UrlError::HostCharacter('%')));
        check("bücher.example", Err(UrlError::InternationalName("bücher.example".to_owned())));
        for address in ["[::1", "[]", "[127.0.0.1]", "[fe80::1%25eth0]"] {
            check(address, Err(UrlError::Ipv6));
        }
    }

    #[test]
    fn a_port_is_a_number_that_can_be_connected_to() {
        for port in ["0", "65536", "99999999999999999999", "+80", "8o"] {
            check(&format!("a:{port}"), Err(UrlError::Port(port.to_owned())));
        }
        check("[::1]80", Err(UrlError::Port("80".to_owned())));
        check("a:80:80", Err(UrlError::Port("80:80".to_owned())));
    }
}
