//! Wrong: the prefix is looked for, not compared.
//!
//! Breaks PEP 3333, environ Variables: a prefix ends where a segment ends
//!
//! `find` is content with `/a/book`, and so the application answers for a path that
//! belongs to another.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` for an application that is mounted at `prefix`; `None` if the
/// request is not for it.
fn mounted(prefix: &str, script_name: &str, path_info: &str) -> Option<(String, String)> {
    let at = path_info.find(prefix)?;
    let rest = &path_info[at + prefix.len()..];
    let ends = rest.is_empty() || rest.starts_with('/');
    ends.then(|| (format!("{script_name}{prefix}"), rest.to_owned()))
}
