//! Wrong: empty segments are dropped.
//!
//! Breaks PEP 3333, environ Variables: PATH_INFO is the rest of the path, unchanged
//!
//! `split('/')` and a filter make a neat path of it. What two slashes mean is for the
//! application to say, and not for those on the way.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` for an application that is mounted at `prefix`; `None` if the
/// request is not for it.
fn mounted(prefix: &str, script_name: &str, path_info: &str) -> Option<(String, String)> {
    let rest = path_info.strip_prefix(prefix)?;
    let ends = rest.is_empty() || rest.starts_with('/');
    let tidy: String = rest
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| format!("/{segment}"))
        .collect();
    let tidy = if tidy.is_empty() { rest } else { &tidy };
    ends.then(|| (format!("{script_name}{prefix}"), tidy.to_owned()))
}
