//! Wrong: `SameSite=None` makes it work everywhere.
//!
//! Breaks RFC 6265 §8.2: a cookie that is a key must not open the door for forms of other sites
//!
//! One finds this in answers to "my cookie is not sent". It is what a page needs that is
//! shown inside of another site's page, and what a forged form needs as well.

fn main() {}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("session={token}; Path={path}; HttpOnly; SameSite=None; Max-Age={seconds}{secure}")
}
