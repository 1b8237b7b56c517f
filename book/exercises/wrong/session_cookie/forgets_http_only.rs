//! Wrong: scripts may read it.
//!
//! Breaks RFC 6265 §4.1.2.6: HttpOnly keeps a cookie from scripts
//!
//! It works, and nobody notices until a script gets into a page and sends the cookies of all
//! readers elsewhere.

fn main() {}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("session={token}; Path={path}; SameSite=Lax; Max-Age={seconds}{secure}")
}
