//! Wrong: the first file is the script, whatever it is called.
//!
//! Breaks RFC 3875 §3.3: a script is told by the end of its own name, not of the path
//!
//! So the picture is a program, without any help from PHP.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` of a decoded path, if it names a script; `is_file`
/// says whether there is a file of this name below the root.
fn split(path: &str, is_file: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1).chain([path.len()]);
    ends.map(|end| path.split_at(end)).find(|(name, _)| is_file(name))
}
