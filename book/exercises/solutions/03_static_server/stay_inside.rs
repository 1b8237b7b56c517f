//! No path leads out of the root.
//!
//! Chapter 3 · RFC 9110 §17.3 · book/src/ch03-static-server/path.md
//!
//! The root is the first of the names, and the only one that is never taken away. So
//! there is nothing to check at the end.

fn main() {}

/// The file below the folder `root` that a path names; `None` if it names none.
fn file_below(root: &str, path: &str) -> Option<String> {
    let mut names = vec![root.to_owned()];
    for segment in path.split('/') {
        let name = decode(segment)?;
        match name.as_str() {
            "" | "." => {}
            ".." if names.len() == 1 => {}
            ".." => _ = names.pop(),
            _ if name.contains(['/', '\0']) => return None,
            _ => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// A segment with the bytes that its triplets stand for, decoded once; `None` if
/// it is badly encoded.
fn decode(segment: &str) -> Option<String> {
    let mut pieces = segment.split('%');
    let mut decoded: Vec<u8> = pieces.next()?.into();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        decoded.push(u8::from_str_radix(digits, 16).ok()?);
        decoded.extend(rest.bytes());
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "/srv/www";

    #[track_caller]
    fn compare(rule: &str, path: &str, is_right: impl Fn(Option<&str>) -> bool, expected: &str) {
        let answer = file_below(ROOT, path);
        assert!(
            is_right(answer.as_deref()),
            "{rule}\n  root:        {ROOT:?}\n  path:        {path:?}\n  your answer: {answer:?}\n  expected:    {expected}\n"
        );
    }

    #[track_caller]
    fn check(rule: &str, path: &str, below: &str) {
        let expected = Some(format!("{ROOT}{below}"));
        compare(rule, path, |answer| answer == expected.as_deref(), &format!("{expected:?}"));
    }

    #[track_caller]
    fn check_refused(rule: &str, path: &str) {
        compare(rule, path, |answer| answer.is_none(), "None");
    }

    /// A path that leads above the root may also be refused.
    #[track_caller]
    fn check_inside(rule: &str, path: &str, below: &str) {
        let inside = Some(format!("{ROOT}{below}"));
        let is_right = |answer: Option<&str>| answer.is_none() || answer == inside.as_deref();
        compare(rule, path, is_right, &format!("{inside:?}, or None"));
    }

    #[test]
    fn a_path_is_names_below_the_root() {
        let rule = "RFC 3986 §3.3: a path is names with slashes in between";
        check(rule, "/", "");
        check(rule, "/css/site.css", "/css/site.css");
        check(rule, "/css/", "/css");
        let rule = "RFC 9110 §17.3: what a path names is below the root, however many slashes it begins with";
        check(rule, "//etc/passwd", "/etc/passwd");
        check(rule, "/css//etc/passwd", "/css/etc/passwd");
    }

    #[test]
    fn a_name_may_hold_dots() {
        let rule = "RFC 3986 §5.2.4: only a whole segment of one or two dots is special";
        check(rule, "/notes..txt", "/notes..txt");
        check(rule, "/...", "/...");
        check(rule, "/a/..b/c../d", "/a/..b/c../d");
        check(rule, "/....//....//etc/passwd", "/..../..../etc/passwd");
    }

    #[test]
    fn dots_lead_up() {
        let rule = "RFC 3986 §5.2.4: .. takes away the segment before it, and . nothing";
        check(rule, "/a/../b", "/b");
        check(rule, "/a/b/../../c", "/c");
        check(rule, "/a/./b/.", "/a/b");
    }

    #[test]
    fn dots_stop_at_the_root() {
        let rule = "RFC 9110 §17.3: at the root .. leads nowhere: nothing above it is to be had";
        check_inside(rule, "/..", "");
        check_inside(rule, "/../../etc/passwd", "/etc/passwd");
        check_inside(rule, "/a/../../etc/passwd", "/etc/passwd");
        let rule = "RFC 9110 §17.3: a folder beside the root is outside, also if its name begins like the root's";
        check_inside(rule, "/../www-private/key", "/www-private/key");
    }

    #[test]
    fn encoded_dots_are_dots() {
        let rule = "RFC 3986 §6.2.2.2: %2e is a dot: look for dots after decoding";
        check(rule, "/a/%2e%2e/b", "/b");
        check(rule, "/a/.%2E/b", "/b");
        check_inside(rule, "/%2e%2e/%2E%2E/etc/passwd", "/etc/passwd");
    }

    #[test]
    fn nothing_is_decoded_twice() {
        let rule = "RFC 3986 §2.4: what has been decoded is not decoded again";
        check(rule, "/%252e%252e/etc", "/%2e%2e/etc");
        check(rule, "/100%25", "/100%");
        let rule = "RFC 3986 §2.1: two hexadecimal digits follow a percent sign, or it is refused";
        check_refused(rule, "/100%");
    }

    #[test]
    fn an_encoded_slash_separates_nothing() {
        let rule = "RFC 3986 §2.2: an encoded slash separates nothing, and no file name has one: refuse it";
        check_refused(rule, "/a%2Fb");
        check_refused(rule, "/..%2f..%2fetc%2fpasswd");
        check_refused(rule, "/%2fetc/passwd");
    }

    #[test]
    fn no_name_holds_a_nul() {
        let rule = "RFC 3986 §7.3: a NUL ends a name for the system, and not for you: refuse it";
        check_refused(rule, "/secret.key%00.png");
        check_refused(rule, "/a%00/b");
    }
}
