//! What a browser was asked to say with each request.
//!
//! Chapter 5 · [RFC 6265 §4, §5](https://www.rfc-editor.org/rfc/rfc6265)
//!
//! *Strategy*: HTTP has no memory. A server may give a browser a name and a
//! value with `Set-Cookie`; the browser sends them back with every request to
//! that place, in `Cookie`. Everybody can write a `Cookie` field by hand, so
//! its value proves something only if nobody can guess it.
//!
//! ```
//! use step4_wsgi_interface::applications::cookies::{cookie, set_cookie};
//!
//! assert_eq!(cookie("theme=dark; guest_book=f00d", "guest_book"), Some("f00d"));
//! let set = set_cookie("guest_book", "f00d", "/", Some(60), true);
//! assert_eq!(set, "guest_book=f00d; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
//! ```

/// The value of the first cookie of that name in a `Cookie` field.
#[must_use]
pub fn cookie<'a>(field: &'a str, name: &str) -> Option<&'a str> {
    field
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find(|(there, _)| there.trim_matches([' ', '\t']) == name)
        .map(|(_, value)| value.trim_matches([' ', '\t']))
}

// ANCHOR: set
/// The value of a `Set-Cookie` field for a secret.
///
/// `HttpOnly`: no script of a page may read it. `SameSite=Lax`: it is not sent
/// with a form that another site's page posts here. `Secure`: only over TLS.
/// Without an age it is forgotten when the browser is closed.
#[must_use]
pub fn set_cookie(
    name: &str,
    value: &str,
    path: &str,
    max_age: Option<u64>,
    secure: bool,
) -> String {
    let age = max_age.map(|age| format!("; Max-Age={age}")).unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{age}{secure}")
}
// ANCHOR_END: set

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let field = "ab=1;b=2 ;  c =\"3\"; a=4=5; a=6; d";
        assert_eq!(cookie(field, "a"), Some("4=5"));
        assert_eq!(cookie(field, "b"), Some("2"));
        assert_eq!(cookie(field, "c"), Some("\"3\""));
        assert_eq!(cookie(field, "d"), None);
        assert_eq!(cookie("", ""), None);
    }
}
