//! Wrong: `PATH_INFO` stays as it is.
//!
//! Breaks PEP 3333, environ Variables: PATH_INFO is the rest of the path, unchanged
//!
//! Then the application has to know where it is mounted, and can be mounted there alone.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` for an application that is mounted at `prefix`; `None` if the
/// request is not for it.
fn mounted(prefix: &str, script_name: &str, path_info: &str) -> Option<(String, String)> {
    let rest = path_info.strip_prefix(prefix)?;
    let ends = rest.is_empty() || rest.starts_with('/');
    ends.then(|| (format!("{script_name}{prefix}"), path_info.to_owned()))
}
