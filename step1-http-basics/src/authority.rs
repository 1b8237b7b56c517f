//! A host and a port, as a request target and the `Host` field name them.
//!
//! Chapter 2 · RFC 9110 §7.2, RFC 3986 §3.2
//!
//! *Strategy*: the name is not looked up, and what it means is the handler's; but
//! what is no authority may be one host to us and another to a program behind us.

use std::net::Ipv6Addr;

/// Whether this is `uri-host [ ":" port ]`.
/// [RFC 9110 §7.2](https://www.rfc-editor.org/rfc/rfc9110#section-7.2)
#[must_use]
pub fn is_authority(text: &str) -> bool {
    let (host_is_right, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) => {
                (address.parse::<Ipv6Addr>().is_ok() || is_future_address(address), port)
            }
            None => return false,
        },
        None => {
            let colon = text.bytes().position(|byte| byte == b':');
            let (host, port) = text.split_at(colon.unwrap_or(text.len()));
            // Nothing at all is what a client sends that has no authority to
            // name. A port alone is nobody's.
            (is_registered_name(host) && (!host.is_empty() || port.is_empty()), port)
        }
    };
    host_is_right && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// `port = *DIGIT`, and no larger than ports are.
/// [RFC 3986 §3.2.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.2.3)
fn is_port(digits: &str) -> bool {
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.is_empty() || (are_digits && digits.parse::<u16>().is_ok())
}

/// `reg-name = *( unreserved / pct-encoded / sub-delims )`, an IPv4 address too.
/// [RFC 3986 §3.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2)
fn is_registered_name(text: &str) -> bool {
    let is_plain = |text: &str| text.bytes().all(is_plain);
    let is_encoded = |piece: &str| {
        piece.split_at_checked(2).is_some_and(|(digits, rest)| {
            digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_plain(rest)
        })
    };
    // Most names have no `%`.
    let mut pieces = text.split('%');
    is_plain(text) || (pieces.next().is_some_and(is_plain) && pieces.all(is_encoded))
}

/// `IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`: nobody
/// has one yet, and a host that is written so is a host.
/// [RFC 3986 §3.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2)
fn is_future_address(text: &str) -> bool {
    let Some((version, address)) = text.split_once('.') else { return false };
    let digits = version.strip_prefix(['v', 'V']).unwrap_or_default();
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !address.is_empty()
        && address.bytes().all(|byte| byte == b':' || is_plain(byte))
}

/// `unreserved / sub-delims`
fn is_plain(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~'
        | b'!' | b'$' | b'&'..=b',' | b';' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_a_host_and_perhaps_a_port() {
        for right in [
            "",
            "a",
            "a:",
            "a:0",
            "a:65535",
            "a:00080",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:80",
            "[::ffff:1.2.3.4]:",
            "[v1.a:b]",
            "[VF0.~]:1",
            "a%2F",
            "%41b",
            "%41%42",
            "-._~!$&'()*+,;=",
        ] {
            assert!(is_authority(right), "{right:?}");
        }
        for wrong in [
            ":", ":80", "a:65536", "a:+1", "a:-1", "a:b", "a:1:2", "a::", "me@a", "a b", "a/",
            "a%", "a%4", "a%4g", "a%g4", "%", "a%41%", "a%41@", "[::1", "[::1]80", "[::1]]", "[]",
            "[a]", "[v.a]", "[v1.]", "[v1]", "[1.a]", "[vg.a]", "[v1.a/b]", "::1", "\u{e9}",
        ] {
            assert!(!is_authority(wrong), "{wrong:?}");
        }
    }
}
