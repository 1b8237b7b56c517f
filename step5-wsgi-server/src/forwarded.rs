//! Who the client is when a proxy stands in between.
//!
//! Chapter 6 · RFC 7239
//!
//! *Strategy*: behind a proxy every connection comes from the proxy, and what
//! the client's address is, and whether it spoke TLS, stands in fields that the
//! proxy adds. Anybody can send such fields, so they count only if the other end
//! of the connection is a proxy that we know. A proxy appends to a list that it
//! was sent; what is written before, the client may have invented. So the list
//! is read from its end, and the first address that is no proxy of ours is the
//! client. Only fields that our proxy always sets may be heeded: what it does
//! not set, it passes on from the client. Therefore they are chosen one by one.
//!
//! ```
//! use step5_wsgi_server::forwarded::Network;
//!
//! let inside: Network = "10.1.0.0/16".parse().unwrap();
//! assert!(inside.holds("10.1.2.3".parse().unwrap()));
//! assert!(!inside.holds("10.2.0.1".parse().unwrap()));
//! ```

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use clap::ValueEnum;
use http::header::{FORWARDED, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use step3_cgi::meta_variables::Scheme;

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
static SENT_BY_PROXIES: [&HeaderName; 4] =
    [&X_FORWARDED_FOR, &X_FORWARDED_PROTO, &X_FORWARDED_HOST, &FORWARDED];

/// Which proxies are believed, and what.
#[derive(Debug, Clone, Default)]
pub struct Forwarded {
    /// The addresses of the proxies.
    pub proxies: Vec<Network>,
    /// The fields that they set.
    pub fields: Vec<Field>,
}

/// A field that proxies set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Field {
    /// X-Forwarded-For: the addresses that the request has passed
    XForwardedFor,
    /// X-Forwarded-Proto: http or https
    XForwardedProto,
    /// X-Forwarded-Host: the Host field that the proxy was sent
    XForwardedHost,
    /// Forwarded (RFC 7239): all of these in one
    Forwarded,
}

/// What is known of a request that came through proxies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The client, as far as it is known.
    pub client: Option<SocketAddr>,
    /// How the client spoke with the first proxy.
    pub scheme: Scheme,
}

impl Forwarded {
    // ANCHOR: origin
    /// Who has sent the request, and how. What `Host` the client meant is put
    /// into the fields themselves.
    pub fn origin(&self, peer: Option<SocketAddr>, fields: &mut HeaderMap) -> Origin {
        let mut origin = Origin { client: peer, scheme: Scheme::Http };
        let tells = |name: &HeaderName| SENT_BY_PROXIES.contains(&name);
        if !self.trusts(peer.map(|peer| peer.ip())) || !fields.keys().any(tells) {
            return origin;
        }
        for field in &self.fields {
            match field {
                Field::XForwardedFor => {
                    let nodes = list(fields, &X_FORWARDED_FOR);
                    self.find_client(nodes.iter().map(String::as_str), &mut origin);
                }
                Field::XForwardedProto => {
                    if let Some(last) = list(fields, &X_FORWARDED_PROTO).last() {
                        origin.scheme = scheme(last);
                    }
                }
                Field::XForwardedHost => {
                    if let Some(host) = list(fields, &X_FORWARDED_HOST).last() {
                        set_host(fields, host);
                    }
                }
                Field::Forwarded => {
                    let elements = list(fields, &FORWARDED);
                    let nodes = elements.iter().filter_map(|it| parameter(it, "for"));
                    self.find_client(nodes, &mut origin);
                    let last = elements.last();
                    if let Some(proto) = last.and_then(|it| parameter(it, "proto")) {
                        origin.scheme = scheme(proto);
                    }
                    if let Some(host) = last.and_then(|it| parameter(it, "host")) {
                        set_host(fields, host);
                    }
                }
            }
        }
        origin
    }
    // ANCHOR_END: origin

    /// Whether somebody at this address is believed. Whoever may open a Unix
    /// socket, which has no address, was let in by the file system.
    #[must_use]
    pub fn trusts(&self, address: Option<IpAddr>) -> bool {
        address.is_none_or(|address| self.proxies.iter().any(|network| network.holds(address)))
    }

    // ANCHOR: find_client
    /// From the last address back to the first that is not a proxy of ours.
    fn find_client<'a>(
        &self,
        nodes: impl DoubleEndedIterator<Item = &'a str>,
        origin: &mut Origin,
    ) {
        for node in nodes.rev() {
            let Some(address) = address(node) else { return };
            origin.client = Some(address);
            if !self.trusts(Some(address.ip())) {
                return;
            }
        }
    }
    // ANCHOR_END: find_client
}

// ANCHOR: list
/// The members of a field that is a list, those of several lines in order.
/// [RFC 9110 §5.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1)
///
/// What stands before the member that our proxy has appended may be anything: a
/// quote that is never closed, or no text at all. It must not swallow that one,
/// so a line is split from its end, and a byte that is no text spoils only the
/// member that it is in.
fn list(fields: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let mut members = Vec::new();
    for line in fields.get_all(name).iter().rev() {
        let line = String::from_utf8_lossy(line.as_bytes());
        let from_the_end = split_from_the_end(&line, ',').map(|it| it.trim().to_owned());
        members.extend(from_the_end.filter(|member| !member.is_empty()));
    }
    members.reverse();
    members
}

/// Splits where the separator is not in a quoted string.
fn split_from_the_end(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.rsplit(move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
}
// ANCHOR_END: list

/// `for=192.0.2.1;proto=https`: the value of a parameter, without its quotes.
/// [RFC 7239 §4](https://www.rfc-editor.org/rfc/rfc7239#section-4)
fn parameter<'a>(element: &'a str, wanted: &str) -> Option<&'a str> {
    split_from_the_end(element, ';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"'))
    })
}

/// An address, perhaps with a port: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]`.
/// Without a port it is 0. `unknown` and `_names` are no addresses.
fn address(node: &str) -> Option<SocketAddr> {
    let bare = node.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => Some(SocketAddr::new(address.to_canonical(), 0)),
        Err(_) => node.parse().ok(),
    }
}

fn scheme(text: &str) -> Scheme {
    if text.eq_ignore_ascii_case("https") { Scheme::Https } else { Scheme::Http }
}

fn set_host(fields: &mut HeaderMap, host: &str) {
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:[]%".contains(&byte);
    if let Ok(value) = HeaderValue::from_str(host)
        && host.bytes().all(is_host)
    {
        fields.insert(HOST, value);
    }
}

/// Some addresses: one, a network such as `10.0.0.0/8`, or `*`, all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether an address is one of them.
    #[must_use]
    pub fn holds(self, address: IpAddr) -> bool {
        if self.prefix == 0 {
            return true;
        }
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= self.prefix
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= self.prefix
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Network { address: IpAddr::from([0; 4]), prefix: 0 });
        }
        let wrong =
            || format!("{text:?} is neither an address, nor a network such as 10.0.0.0/8, nor *");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        if prefix == 0 || prefix > bits { Err(wrong()) } else { Ok(Network { address, prefix }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "127.0.0.1:1000";

    #[track_caller]
    fn check(peer: &str, believed: &[Field], lines: &[(&str, &str)], client: &str, scheme: Scheme) {
        let proxies = ["127.0.0.1", "10.0.0.0/8"].map(|it| it.parse().unwrap()).to_vec();
        let forwarded = Forwarded { proxies, fields: believed.to_vec() };
        let mut fields = HeaderMap::new();
        for (name, value) in lines {
            let name: http::HeaderName = name.parse().unwrap();
            fields.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let origin = forwarded.origin(Some(peer.parse().unwrap()), &mut fields);
        let client = client.parse().unwrap();
        assert_eq!(origin, Origin { client: Some(client), scheme }, "{lines:?}");
    }

    #[test]
    fn a_proxy_that_is_known_is_believed_and_nobody_else() {
        let both = [Field::XForwardedFor, Field::XForwardedProto];
        let lines = [("x-forwarded-for", "192.0.2.7"), ("x-forwarded-proto", "https")];
        check(PROXY, &both, &lines, "192.0.2.7:0", Scheme::Https);
        check("192.0.2.9:99", &both, &lines, "192.0.2.9:99", Scheme::Http);
        check(PROXY, &[], &lines, PROXY, Scheme::Http);
        check(PROXY, &both, &[], PROXY, Scheme::Http);
    }

    #[test]
    fn what_a_client_has_invented_is_not_reached() {
        let believed = [Field::XForwardedFor];
        let list = |list| [("x-forwarded-for", list)];
        check(PROXY, &believed, &list("8.8.8.8, 192.0.2.7"), "192.0.2.7:0", Scheme::Http);
        check(PROXY, &believed, &list("8.8.8.8, 192.0.2.7, 10.1.1.1"), "192.0.2.7:0", Scheme::Http);
        check(PROXY, &believed, &list("8.8.8.8, nonsense"), PROXY, Scheme::Http);
        check(PROXY, &believed, &list("8.8.8.8, unknown, 10.1.1.1"), "10.1.1.1:0", Scheme::Http);
        let two = [("x-forwarded-for", "8.8.8.8"), ("x-forwarded-for", "192.0.2.7")];
        check(PROXY, &believed, &two, "192.0.2.7:0", Scheme::Http);
        // A quote that is never closed, or bytes that are no text, hide nobody.
        check(PROXY, &believed, &list("\", 192.0.2.7"), "192.0.2.7:0", Scheme::Http);
        check(PROXY, &believed, &list("\u{fc}, 192.0.2.7"), "192.0.2.7:0", Scheme::Http);
        let open = [("forwarded", "for=\", for=192.0.2.7;proto=https")];
        check(PROXY, &[Field::Forwarded], &open, "192.0.2.7:0", Scheme::Https);
        // A field that nobody chose says nothing, whoever wrote it.
        check(PROXY, &believed, &[("forwarded", "for=8.8.8.8")], PROXY, Scheme::Http);
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let believed = [Field::Forwarded];
        let line = |line| [("forwarded", line)];
        let v6 = r#"for=8.8.8.8, For="[2001:db8::1]:4711";Proto=https"#;
        check(PROXY, &believed, &line(v6), "[2001:db8::1]:4711", Scheme::Https);
        check(PROXY, &believed, &line("for=_hidden;proto=http"), PROXY, Scheme::Http);
        check(PROXY, &believed, &line(r#"for="1.2.3.4;x,y""#), PROXY, Scheme::Http);
    }

    #[test]
    fn the_host_is_the_clients_if_the_proxy_says_so_and_it_is_one() {
        let forwarded =
            Forwarded { proxies: vec!["*".parse().unwrap()], fields: vec![Field::XForwardedHost] };
        for (sent, expected) in [("shop.example", "shop.example"), ("a/b", "inner"), ("", "inner")]
        {
            let mut fields = HeaderMap::new();
            fields.insert("x-forwarded-host", sent.parse().unwrap());
            fields.insert(HOST, "inner".parse().unwrap());
            forwarded.origin(None, &mut fields);
            assert_eq!(fields[HOST], expected);
        }
    }

    #[test]
    fn a_network_is_an_address_a_prefix_or_a_star() {
        for wrong in ["", "localhost", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/0", "::1/129"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let mapped: IpAddr = "::ffff:10.1.1.1".parse().unwrap();
        assert!("10.0.0.0/8".parse::<Network>().unwrap().holds(mapped));
        assert!(!"::1".parse::<Network>().unwrap().holds(mapped));
    }
}
