//! Wrong: the attributes are a list with commas.
//!
//! Breaks RFC 6265 §4.1.1: a cookie is NAME=VALUE, and its attributes follow, each after a semicolon and a space
//!
//! Most fields of HTTP are lists with commas. This one is older than that rule, and a comma
//! is a part of the value.

fn main() {}

/// The value of a `Set-Cookie` field for a cookie `session`.
fn session_cookie(token: &str, path: &str, https: bool, seconds: u64) -> String {
    let secure = if https { ", Secure" } else { "" };
    format!("session={token}, Path={path}, HttpOnly, SameSite=Lax, Max-Age={seconds}{secure}")
}
