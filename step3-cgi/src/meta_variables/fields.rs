//! The fields of a request as variables, and which of them a program must not see.
//!
//! Chapter 4 · RFC 3875 §4.1.18
//!
//! *Strategy*: `Accept-Language` becomes `HTTP_ACCEPT_LANGUAGE`, and so does all
//! that a client may think of, but for: `Proxy`, because programs take
//! `HTTP_PROXY` for a setting of their own (CVE-2016-5385); what concerns the
//! connection alone; what has a variable of its own; and names with an
//! underscore, because `X_Real` and `X-Real` would be one.

use http::header::{CONNECTION, COOKIE, GetAll, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};

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
        let mut variable_name = Vec::with_capacity(64);
        for name in fields.keys() {
            if is_withheld(name, &connection, self.credentials) {
                continue;
            }
            let value = match self.head.target.authority() {
                // A target with an authority of its own wins: RFC 9112 §3.2.2.
                Some(authority) if name == HOST => authority.as_bytes(),
                _ => value(fields, name, joined),
            };
            variable_name.clear();
            variable_name.extend_from_slice(b"HTTP_");
            variable_name.extend(name.as_str().bytes().map(|byte| match byte {
                b'-' => b'_',
                byte => byte.to_ascii_uppercase(),
            }));
            variable(std::str::from_utf8(&variable_name).unwrap_or_default(), value);
        }
    }
}

/// The value of a field; of one that stands several times, all of them.
/// RFC 9110 §5.3, and RFC 6265 §5.4 for cookies.
fn value<'v>(fields: &'v HeaderMap, name: &HeaderName, joined: &'v mut Vec<u8>) -> &'v [u8] {
    let mut values = fields.get_all(name).iter().map(HeaderValue::as_bytes);
    let first = values.next().unwrap_or_default();
    let Some(second) = values.next() else { return first };
    joined.clear();
    joined.extend_from_slice(first);
    for value in std::iter::once(second).chain(values) {
        joined.extend_from_slice(if name == COOKIE { b"; " } else { b", " });
        joined.extend_from_slice(value);
    }
    joined
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
