//! Wrong: the beginning is compared, and no more.
//!
//! Breaks PEP 3333, environ Variables: a prefix ends where a segment ends
//!
//! `/bookshelf` begins with `/book`. It is another place, and `shelf` no path.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` for an application that is mounted at `prefix`; `None` if the
/// request is not for it.
fn mounted(prefix: &str, script_name: &str, path_info: &str) -> Option<(String, String)> {
    let rest = path_info.strip_prefix(prefix)?;
    Some((format!("{script_name}{prefix}"), rest.to_owned()))
}
