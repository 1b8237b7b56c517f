//! The address of a folder ends with a slash, and is on this host.
//!
//! Chapter 3 · RFC 9110 §15.4.2 · book/src/ch03-static-server/errors.md
//!
//! The query keeps its question mark, so that an empty query and none are told apart
//! without a word about it.

fn main() {}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    let (path, query) = match target.find('?') {
        Some(at) => target.split_at(at),
        None => (target, ""),
    };
    let path = path.replace('\\', "%5C");
    format!("/{}/{query}", path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, target: &str, expected: &str) {
        let answer = location(target);
        assert!(
            answer == expected,
            "{rule}\n  target:      {target}\n  your answer: Location: {}\n  expected:    Location: {expected}\n",
            answer.replace('\r', "␍").replace('\n', "␊")
        );
    }

    #[test]
    fn a_folder_ends_with_a_slash() {
        let rule = "RFC 3986 §5.2.3: a relative link replaces what follows the last slash: a folder ends with one";
        check(rule, "/docs", "/docs/");
        check(rule, "/docs/zh", "/docs/zh/");
    }

    #[test]
    fn the_query_follows_the_path() {
        let rule = "RFC 3986 §3.4: the path ends at the first question mark: the slash stands before it, the query behind";
        check(rule, "/docs?lang=zh", "/docs/?lang=zh");
        check(rule, "/docs?from=/a?b", "/docs/?from=/a?b");
        let rule =
            "RFC 3986 §3.4: a query stays as it came, also one that is empty or ends with a slash";
        check(rule, "/docs?", "/docs/?");
        check(rule, "/docs?next=/home/", "/docs/?next=/home/");
    }

    #[test]
    fn the_folder_is_on_this_host() {
        let rule =
            "RFC 3986 §4.2: after two slashes stands the name of a host: a path begins with one";
        check(rule, "//evil.example", "/evil.example/");
        check(rule, "///evil.example", "/evil.example/");
        check(rule, "//evil.example/login", "/evil.example/login/");
    }

    #[test]
    fn what_is_encoded_stays_encoded() {
        let rule = "RFC 9110 §10.2.2: Location holds a URI, so what was encoded stays encoded";
        check(rule, "/who%3F", "/who%3F/");
        check(rule, "/a%20b", "/a%20b/");
        check(rule, "/caf%C3%A9?q=%26", "/caf%C3%A9/?q=%26");
        let rule =
            "RFC 9110 §5.5: no line end gets into a field: the next line would be a field too";
        check(rule, "/a%0D%0ASet-Cookie:%20admin=1", "/a%0D%0ASet-Cookie:%20admin=1/");
    }

    #[test]
    fn what_looks_like_a_slash_to_a_browser_is_encoded() {
        let rule = "RFC 3986 §3.3: no path holds a backslash: a browser would take it for a slash";
        check(rule, "/\\evil.example", "/%5Cevil.example/");
        check(rule, "/\\/evil.example", "/%5C/evil.example/");
    }
}
