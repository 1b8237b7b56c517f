//! Wrong: the prefix is taken off as often as it is there.
//!
//! Breaks PEP 3333, environ Variables: PATH_INFO is the rest of the path, unchanged
//!
//! `trim_start_matches` repeats itself: of `/book/book` nothing is left.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` for an application that is mounted at `prefix`; `None` if the
/// request is not for it.
fn mounted(prefix: &str, script_name: &str, path_info: &str) -> Option<(String, String)> {
    let rest = path_info.trim_start_matches(prefix);
    let ends = rest.len() < path_info.len() && (rest.is_empty() || rest.starts_with('/'));
    ends.then(|| (format!("{script_name}{prefix}"), rest.to_owned()))
}
