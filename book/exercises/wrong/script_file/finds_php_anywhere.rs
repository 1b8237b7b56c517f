//! Wrong: the script ends where `.php` stands for the first time.
//!
//! Breaks RFC 3875 §4.1.13: the script is the first part of the path that is a file
//!
//! A folder may be called `old.php`, and `notes.php.txt` is a text.

fn main() {}

/// `SCRIPT_NAME` and `PATH_INFO` of a decoded path, if it names a script; `is_file`
/// says whether there is a file of this name below the root.
fn split(path: &str, is_file: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let end = path.find(".php")? + ".php".len();
    let (name, rest) = path.split_at(end);
    is_file(name).then_some((name, rest))
}
