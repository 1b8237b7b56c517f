//! Give a browser a key, and say what it may do with it.
//!
//! Chapter 5 · RFC 6265 §4.1.2 · book/src/ch05-wsgi-interface/cookies.md
//!
//! ```text
//! Set-Cookie: session=8f14e45f…; Path=/book; …
//! ```
//!
//! A session cookie is a key: whoever has it is let in. The browser keeps it, and sends it
//! with each request. What it may do with it, it is told in the same line:
//!
//! - scripts of a page must not read it, for one of them might be an attacker's;
//! - it must not go over a connection that others can read, if there is a better one; but
//!   over plain HTTP, on your own computer, it has to work;
//! - it must not be sent along with a form that another site's page posts;
//! - it ends at some time, and a time of 0 takes it away.
//!
//! The attributes stand in [RFC 6265 §4.1.2](https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2).
//! `SameSite` is younger than that text; every current browser knows it, and
//! [§8.2](https://www.rfc-editor.org/rfc/rfc6265#section-8.2) says why it was needed.

fn main() {
    // A place to try things: `cargo run --bin session_cookie`.
}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    // TODO: NAME=VALUE, then the attributes, each after `; `: the path, the two that
    // keep scripts and other sites away, the age, and `Secure` if it fits.
    todo!("write the cookie and its attributes")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "RFC 6265 §4.1.1: a cookie is NAME=VALUE, and its attributes follow, each after a semicolon and a space";
    const SCRIPTS: &str = "RFC 6265 §4.1.2.6: HttpOnly keeps a cookie from scripts";
    const TLS: &str = "RFC 6265 §4.1.2.5: a Secure cookie is sent over TLS only, and without TLS it is never sent";
    const FORMS: &str =
        "RFC 6265 §8.2: a cookie that is a key must not open the door for forms of other sites";
    const AGE: &str =
        "RFC 6265 §4.1.2.2: Max-Age says in seconds when the browser forgets it, and 0 is at once";

    #[track_caller]
    fn check(
        rule: &str,
        https: bool,
        seconds: u64,
        is_right: impl Fn(&[&str]) -> bool,
        expected: &str,
    ) {
        let answer = session_cookie("f00d", "/book", https, seconds);
        let parts: Vec<&str> = answer.split("; ").collect();
        assert!(
            is_right(&parts),
            "{rule}\n  https: {https}, seconds: {seconds}\n  your answer: {answer:?}\n  expected:    {expected}\n"
        );
    }

    /// Attributes are the same in capitals or not.
    fn has(parts: &[&str], attribute: &str) -> bool {
        parts[1..].iter().any(|part| part.eq_ignore_ascii_case(attribute))
    }

    fn named(parts: &[&str], name: &str) -> usize {
        let is = |part: &&&str| {
            part.split('=').next().is_some_and(|there| there.eq_ignore_ascii_case(name))
        };
        parts[1..].iter().filter(is).count()
    }

    #[test]
    fn it_begins_with_name_and_value() {
        let known = ["path", "httponly", "samesite", "max-age", "secure"];
        let all_known = |parts: &[&str]| {
            parts[1..].iter().all(|part| {
                let name = part.split('=').next().unwrap_or_default().to_ascii_lowercase();
                known.contains(&name.as_str())
            })
        };
        check(FORM, false, 60, |parts| parts[0] == "session=f00d", "session=f00d; …");
        check(FORM, false, 60, |parts| has(parts, "Path=/book"), "…; Path=/book; …");
        check(FORM, false, 60, all_known, "no other attributes");
    }

    #[test]
    fn scripts_cannot_read_it() {
        check(SCRIPTS, false, 60, |parts| has(parts, "HttpOnly"), "…; HttpOnly; …");
    }

    #[test]
    fn it_is_secure_when_the_connection_is() {
        check(TLS, true, 60, |parts| has(parts, "Secure"), "…; Secure");
        check(TLS, false, 60, |parts| named(parts, "secure") == 0, "no Secure");
    }

    #[test]
    fn other_sites_cannot_use_it() {
        let strict = |parts: &[&str]| has(parts, "SameSite=Lax") || has(parts, "SameSite=Strict");
        check(FORMS, false, 60, strict, "…; SameSite=Lax; …");
        check(FORMS, true, 60, strict, "…; SameSite=Lax; …");
    }

    #[test]
    fn it_ends() {
        check(AGE, false, 604_800, |parts| has(parts, "Max-Age=604800"), "…; Max-Age=604800; …");
        check(AGE, false, 0, |parts| has(parts, "Max-Age=0"), "…; Max-Age=0; …");
    }
}
