//! Wrong: it says `Secure` over plain HTTP, too.
//!
//! Breaks RFC 6265 §4.1.2.5: a Secure cookie is sent over TLS only, and without TLS it is never sent
//!
//! More security cannot hurt? On `http://…` the browser throws it away, and the login seems
//! to do nothing.

fn main() {}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    format!("session={token}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}; Secure")
}
