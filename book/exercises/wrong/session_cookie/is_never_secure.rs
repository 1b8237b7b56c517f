//! Wrong: it says nothing about TLS.
//!
//! Breaks RFC 6265 §4.1.2.5: a Secure cookie is sent over TLS only, and without TLS it is never sent
//!
//! One link to `http://…` on any page, and the browser sends the key in the clear.

fn main() {}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    format!("session={token}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}
