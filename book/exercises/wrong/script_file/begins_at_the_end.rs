//! Wrong: the longest part is tried first.
//!
//! Breaks RFC 3875 §4.1.13: the script is the first part of the path that is a file
//!
//! With `/index.php/a.php` both do the same, as long as there is no file `a.php`
//! below a folder of that name. The rule says the first, so that two programs agree.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` of a decoded path, if it names a script; `is_file`
/// says whether there is a file of this name below the root.
fn split(path: &str, is_file: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let ends = [path.len()].into_iter().chain(path.rmatch_indices('/').map(|(at, _)| at));
    let mut parts = ends.map(|end| path.split_at(end));
    parts
        .find(|(name, _)| name.ends_with(".php") && is_file(name))
        .filter(|(_, rest)| !rest.ends_with(".php"))
}
