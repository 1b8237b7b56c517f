//! The address of a folder ends with a slash, and is on this host.
//!
//! Chapter 3 · RFC 9110 §15.4.2 · book/src/ch03-static-server/errors.md
//!
//! ```text
//! GET /docs?lang=zh HTTP/1.1            GET //evil.example HTTP/1.1
//!
//! HTTP/1.1 301 Moved Permanently        HTTP/1.1 301 Moved Permanently
//! Location: /docs/?lang=zh              Location: //evil.example/
//! ```
//!
//! A page at `/docs` has a link to `next.html`. A browser replaces what follows the
//! last slash: it asks for `/next.html`, which is not there. From `/docs/` it asks
//! for `/docs/next.html`. So a folder without its slash is answered with 301 and the
//! right address.
//!
//! The answer on the right sends people away. What begins with two slashes is a host
//! and a path: a link to your server ends at somebody else's, who has copied your
//! login page. A folder called `evil.example` is not even needed: to a file system
//! `//evil.example/%2e%2e` is the root, and that is a folder.

fn main() {
    // A place to try things: `cargo run --bin folder_redirect`.
}

/// The value of `Location` for a folder that was asked for by this target, in
/// origin-form, whose path does not end with a slash.
fn location(target: &str) -> String {
    // TODO: give the path with one slash at its beginning and one at its end,
    // and after it the query, if there is one. Nothing is decoded. A backslash is
    // no character of a path: write it as `%5C`.
    todo!("say where the folder is")
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
