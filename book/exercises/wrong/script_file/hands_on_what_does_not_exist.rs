//! Wrong: whether there is such a file is left to PHP.
//!
//! Breaks RFC 3875 §3.3: a path without a script is answered by the server itself
//!
//! PHP means well and looks for something similar: that is the hole.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` of a decoded path, if it names a script; `is_file`
/// says whether there is a file of this name below the root.
fn split(path: &str, is_file: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
    let mut scripts = ends.map(|end| path.split_at(end)).filter(|(name, _)| name.ends_with(".php"));
    let first = scripts.clone().next();
    scripts.find(|(name, _)| is_file(name)).or(first)
}
