//! Wrong: `SCRIPT_NAME` is the prefix.
//!
//! Breaks PEP 3333, environ Variables: SCRIPT_NAME is all of the path that has led to the application
//!
//! It works as long as nothing is mounted inside of anything else. Then every link of the
//! inner application leads to the wrong place.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` for an application that is mounted at `prefix`; `None` if the
/// request is not for it.
fn mounted(prefix: &str, script_name: &str, path_info: &str) -> Option<(String, String)> {
    let rest = path_info.strip_prefix(prefix)?;
    let ends = rest.is_empty() || rest.starts_with('/');
    ends.then(|| (prefix.to_owned(), rest.to_owned()))
}
