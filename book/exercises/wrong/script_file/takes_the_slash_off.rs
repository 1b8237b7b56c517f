//! Wrong: the slash before the rest is taken off.
//!
//! Breaks RFC 3875 §4.1.5: PATH_INFO is what follows the script, unchanged
//!
//! `PATH_INFO` begins with a slash if it is not empty. A program that puts the two
//! together again gets another path.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` of a decoded path, if it names a script; `is_file`
/// says whether there is a file of this name below the root.
fn split(path: &str, is_file: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
    let found = ends
        .map(|end| path.split_at(end))
        .find(|(name, _)| name.ends_with(".php") && is_file(name));
    found.map(|(name, rest)| (name, rest.trim_start_matches('/')))
}
