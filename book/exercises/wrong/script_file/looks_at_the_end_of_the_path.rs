//! Wrong: the path ends with `.php`, so it is a script.
//!
//! Breaks RFC 3875 §4.1.5: PATH_INFO is what follows the script, unchanged
//!
//! This is the configuration that was copied from one page to the next for years.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` of a decoded path, if it names a script; `is_file`
/// says whether there is a file of this name below the root.
fn split(path: &str, is_file: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let _ = is_file;
    path.ends_with(".php").then_some((path, ""))
}
