//! Wrong: the attributes come first.
//!
//! Breaks RFC 6265 §4.1.1: a cookie is NAME=VALUE, and its attributes follow, each after a semicolon and a space
//!
//! What stands first is the cookie; everything behind it is an attribute. A browser would
//! keep a cookie named `Path`.

fn main() {}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("Path={path}; session={token}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}
