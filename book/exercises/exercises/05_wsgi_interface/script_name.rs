//! One path, two variables: the part that led here, and the rest.
//!
//! Chapter 5 · PEP 3333, environ Variables · book/src/ch05-wsgi-interface/middleware.md
//!
//! The guest book is mounted at `/book`. Somebody asks for `/book/login`. The guest book
//! knows a page `/login`, and does not know where it is mounted; so that is what it must
//! find in `PATH_INFO`. When it makes a link to one of its pages, it puts `SCRIPT_NAME` in
//! front, which is `/book`.
//!
//! Middleware that routes moves the prefix from the one to the other. It may itself be
//! mounted somewhere: then there is something in `SCRIPT_NAME` already.
//!
//! [PEP 3333](https://peps.python.org/pep-3333/#environ-variables) says what the two mean.

fn main() {
    // A place to try things: `cargo run --bin script_name`.
}

/// `SCRIPT_NAME` and `PATH_INFO` for an application that is mounted at `prefix`; `None` if the
/// request is not for it.
fn mounted(prefix: &str, script_name: &str, path_info: &str) -> Option<(String, String)> {
    // TODO: if `path_info` is `prefix`, or goes on below it, move the prefix from the
    // one variable to the other. `None` if it is the path of something else.
    todo!("move the prefix")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT_NAME: &str = "PEP 3333, environ Variables: SCRIPT_NAME is all of the path that has led to the application";
    const PATH_INFO: &str =
        "PEP 3333, environ Variables: PATH_INFO is the rest of the path, unchanged";
    const SEGMENT: &str = "PEP 3333, environ Variables: a prefix ends where a segment ends";

    #[track_caller]
    fn check(rule: &str, script_name: &str, path_info: &str, expected: Option<(&str, &str)>) {
        let answer = mounted("/book", script_name, path_info);
        let expected = expected.map(|(name, path)| (name.to_owned(), path.to_owned()));
        assert!(
            answer == expected,
            "{rule}\n  mounted at \"/book\", called with {script_name:?} and {path_info:?}\n  your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    #[test]
    fn the_prefix_moves_from_one_to_the_other() {
        check(PATH_INFO, "", "/book/login", Some(("/book", "/login")));
        check(PATH_INFO, "", "/book", Some(("/book", "")));
        check(PATH_INFO, "", "/book/", Some(("/book", "/")));
    }

    #[test]
    fn what_has_led_here_before_stays() {
        check(SCRIPT_NAME, "/site", "/book/login", Some(("/site/book", "/login")));
        check(SCRIPT_NAME, "/a/b", "/book", Some(("/a/b/book", "")));
        check(SCRIPT_NAME, "/book", "/book/book", Some(("/book/book", "/book")));
    }

    #[test]
    fn the_rest_is_not_tidied() {
        check(PATH_INFO, "", "/book//a/", Some(("/book", "//a/")));
        check(PATH_INFO, "", "/book/../x", Some(("/book", "/../x")));
        check(PATH_INFO, "", "/book/book/x", Some(("/book", "/book/x")));
    }

    #[test]
    fn a_longer_word_is_another_word() {
        check(SEGMENT, "", "/bookshelf", None);
        check(SEGMENT, "", "/bookshelf/book", None);
        check(SEGMENT, "", "/boo", None);
    }

    #[test]
    fn the_prefix_stands_at_the_beginning() {
        check(SEGMENT, "", "/", None);
        check(SEGMENT, "", "", None);
        check(SEGMENT, "", "/a/book", None);
        check(SEGMENT, "", "/Book", None);
    }
}
