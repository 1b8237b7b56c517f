//! Wrong: an age of 0 is left out.
//!
//! Breaks RFC 6265 §4.1.2.2: Max-Age says in seconds when the browser forgets it, and 0 is at once
//!
//! "No age" and "age 0" are not the same: without an age the cookie lives as long as the
//! browser is open, with 0 it is gone. So nobody is ever logged out.

fn main() {}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    let secure = if https { "; Secure" } else { "" };
    let age = if seconds > 0 { format!("; Max-Age={seconds}") } else { String::new() };
    format!("session={token}; Path={path}; HttpOnly; SameSite=Lax{age}{secure}")
}
