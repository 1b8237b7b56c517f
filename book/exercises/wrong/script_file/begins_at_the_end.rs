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

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "RFC 3875 §4.1.13: the script is the first part of the path that is a file";
    const REST: &str = "RFC 3875 §4.1.5: PATH_INFO is what follows the script, unchanged";
    const NONE: &str = "RFC 3875 §3.3: a path without a script is answered by the server itself";
    const NAME: &str =
        "RFC 3875 §3.3: a script is told by the end of its own name, not of the path";

    /// The files below the root; `/old.php` is a folder.
    const FILES: [&str; 5] =
        ["/index.php", "/shop/item.php", "/uploads/cat.jpg", "/old.php/a.php", "/notes.php.txt"];

    #[track_caller]
    fn check(rule: &str, path: &str, expected: Option<(&str, &str)>) {
        let seen = std::panic::catch_unwind(|| split(path, |name| FILES.contains(&name)));
        let said = match &seen {
            Ok(seen) => format!("{seen:?}"),
            Err(_) => "a panic, see above".to_owned(),
        };
        assert!(
            seen.is_ok_and(|seen| seen == expected),
            "{rule}\n  the path:    {path}\n  your answer: {said}\n  expected:    {expected:?}\n"
        );
    }

    #[test]
    fn the_script_is_a_file() {
        check(FILE, "/index.php", Some(("/index.php", "")));
        check(FILE, "/shop/item.php", Some(("/shop/item.php", "")));
        check(FILE, "/old.php/a.php", Some(("/old.php/a.php", "")));
        check(FILE, "/index.php/a.php", Some(("/index.php", "/a.php")));
    }

    #[test]
    fn the_rest_is_for_the_script() {
        check(REST, "/shop/item.php/42/photo", Some(("/shop/item.php", "/42/photo")));
        check(REST, "/index.php/", Some(("/index.php", "/")));
        check(REST, "/index.php//a", Some(("/index.php", "//a")));
    }

    #[test]
    fn what_is_not_there_is_never_handed_on() {
        check(NONE, "/no.php", None);
        check(NONE, "/uploads/cat.jpg/x.php", None);
        check(NONE, "/uploads/cat.jpg/index.php", None);
        check(NONE, "/old.php", None);
        check(NONE, "/", None);
    }

    #[test]
    fn the_name_of_the_script_ends_with_php() {
        check(NAME, "/uploads/cat.jpg", None);
        check(NAME, "/notes.php.txt", None);
        check(NAME, "/notes.php.txt/a.php", None);
    }
}
