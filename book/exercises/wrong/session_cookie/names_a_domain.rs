//! Wrong: it says for which host it is.
//!
//! Breaks RFC 6265 §4.1.1: a cookie is NAME=VALUE, and its attributes follow, each after a semicolon and a space
//!
//! Without a domain a cookie goes back to the host that it came from, and to no other. With
//! one it goes to every host below that domain, too: to say more is to allow more.

fn main() {}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!(
        "session={token}; Domain=localhost; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"
    )
}
