//! Wrong: an empty rest becomes `/`.
//!
//! Breaks PEP 3333, environ Variables: PATH_INFO is the rest of the path, unchanged
//!
//! It is kind, and takes from the application what it needs to know: at `/book` without a
//! slash a link to `login` leads to `/login`, so it may want to redirect.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` for an application that is mounted at `prefix`; `None` if the
/// request is not for it.
fn mounted(prefix: &str, script_name: &str, path_info: &str) -> Option<(String, String)> {
    let rest = path_info.strip_prefix(prefix)?;
    let ends = rest.is_empty() || rest.starts_with('/');
    let rest = if rest.is_empty() { "/" } else { rest };
    ends.then(|| (format!("{script_name}{prefix}"), rest.to_owned()))
}
