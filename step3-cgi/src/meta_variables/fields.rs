//! The fields of a request as variables, and which of them a program must not see.
//!
//! Chapter 4 · RFC 3875 §4.1.18
//!
//! *Strategy*: `Accept-Language` becomes `HTTP_ACCEPT_LANGUAGE`, and so does all
//! that a client may think of, but for: `Proxy`, because programs take
//! `HTTP_PROXY` for a setting of their own (CVE-2016-5385); what concerns the
//! connection alone; what has a variable of its own; and names with an
//! underscore, because `X_Real` and `X-Real` would be one.

use std::borrow::Cow;
use std::iter::{from_fn, once};

use http::header::{CONNECTION, COOKIE, GetAll, HOST};
use http::{HeaderName, HeaderValue};

use super::{Credentials, MetaVariables};

impl MetaVariables<'_> {
    /// The fields of the request as `HTTP_…`, repeated ones joined.
    pub(super) fn visit_fields(
        &self,
        joined: &mut Vec<u8>,
        variable: &mut impl FnMut(&str, &[u8]),
    ) {
        let fields = &self.head.fields;
        let connection = fields.get_all(CONNECTION);
        let mut room = [0; 128];
        let mut all = fields.iter().peekable();
        while let Some((name, first)) = all.next() {
            // The values of one name follow one another.
            let others = from_fn(|| all.next_if(|(next, _)| *next == name));
            let value = join(name, first, others.map(|(_, value)| value), joined);
            if is_withheld(name, &connection, self.credentials) {
                continue;
            }
            let value = match self.head.target.authority() {
                // A target with an authority of its own wins: RFC 9112 §3.2.2.
                Some(authority) if name == HOST => authority.as_bytes(),
                _ => value,
            };
            variable(&variable_name(name, &mut room), value);
        }
    }
}

/// The value of a field; if it stands several times, all of them.
/// RFC 9110 §5.3, and RFC 6265 §5.4 for cookies.
fn join<'v>(
    name: &HeaderName,
    first: &'v HeaderValue,
    mut others: impl Iterator<Item = &'v HeaderValue>,
    joined: &'v mut Vec<u8>,
) -> &'v [u8] {
    let Some(second) = others.next() else { return first.as_bytes() };
    joined.clear();
    joined.extend_from_slice(first.as_bytes());
    for value in once(second).chain(others) {
        joined.extend_from_slice(if name == COOKIE { b"; " } else { b", " });
        joined.extend_from_slice(value.as_bytes());
    }
    joined
}

/// `accept-language` becomes `HTTP_ACCEPT_LANGUAGE`, in this room if it fits.
fn variable_name<'r>(name: &HeaderName, room: &'r mut [u8]) -> Cow<'r, str> {
    let name = name.as_str();
    let Some(made) = room.get_mut(.."HTTP_".len() + name.len()) else {
        return format!("HTTP_{}", name.replace('-', "_").to_ascii_uppercase()).into();
    };
    made[..5].copy_from_slice(b"HTTP_");
    for (made, byte) in made[5..].iter_mut().zip(name.bytes()) {
        *made = if byte == b'-' { b'_' } else { byte.to_ascii_uppercase() };
    }
    std::str::from_utf8(made).unwrap_or_default().into()
}

// ANCHOR: is_withheld
/// Whether a field is kept from programs.
fn is_withheld(
    name: &HeaderName,
    connection: &GetAll<'_, HeaderValue>,
    credentials: Credentials,
) -> bool {
    match name.as_str() {
        // §9.2: what the server checks is not the program's to know.
        "authorization" | "proxy-authorization" if credentials == Credentials::Withheld => true,
        // These have variables of their own.
        "content-type" | "content-length"
        // A program would take it for the proxy to use: CVE-2016-5385.
        | "proxy"
        // §4.1.18: what concerns the connection alone.
        | "connection" | "keep-alive" | "proxy-connection" | "te" | "trailer"
        | "transfer-encoding" | "upgrade" | "expect" => true,
        // `X_Real` and `X-Real` would both be HTTP_X_REAL.
        other => other.bytes().any(|byte| !byte.is_ascii_alphanumeric() && byte != b'-')
            || is_named_by_connection(other, connection),
    }
}
// ANCHOR_END: is_withheld

/// Whether the sender says that this field is meant for the next hop alone.
/// [RFC 9110 §7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)
fn is_named_by_connection(name: &str, connection: &GetAll<'_, HeaderValue>) -> bool {
    connection.iter().any(|value| {
        let mut options = value.as_bytes().split(|&byte| byte == b',');
        options.any(|option| option.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    })
}
