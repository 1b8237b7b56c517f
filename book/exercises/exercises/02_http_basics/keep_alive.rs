//! A connection is kept, or it is closed.
//!
//! Chapter 2 · RFC 9112 §9.3 · book/src/ch02-http/keep-alive.md
//!
//! ```text
//! Connection        = #connection-option   ; a list, with commas
//! connection-option = token                ; capitals do not matter
//! ```
//!
//! Close too early, and a browser pays for a new connection with each picture.
//! Keep too long, and an old client that takes the close for the end of the
//! response waits for it in vain.
//!
//! [RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112#section-9.3) decides
//! in this order: `close` closes; else HTTP/1.1 stays open; else HTTP/1.0 stays
//! open if it has `keep-alive`; else the connection is closed.

fn main() {
    // A place to try things: `cargo run --bin keep_alive`.
}

/// The version of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Version {
    Http10,
    Http11,
}

/// Whether the connection stays open after a request of this version, whose
/// `Connection` fields have these values, one for each line.
fn stays_open(version: Version, connection: &[&str]) -> bool {
    // TODO: find the options `close` and `keep-alive` among the members of all
    // lines, then decide.
    todo!("decide whether the connection stays open")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, version: Version, connection: &[&str], expected: bool) {
        let answer = stays_open(version, connection);
        let say = |open| if open { "stays open" } else { "is closed" };
        assert!(
            answer == expected,
            "{rule}\n  version:     {version:?}\n  Connection:  {connection:?}\n  your answer: {}\n  expected:    {}\n",
            say(answer),
            say(expected)
        );
    }

    #[test]
    fn the_versions_differ() {
        let rule = "RFC 9112 §9.3: HTTP/1.1 keeps a connection unless it is told to close it";
        check(rule, Version::Http11, &[], true);
        check(rule, Version::Http11, &["close"], false);
        let rule = "RFC 9112 §9.3: HTTP/1.0 closes a connection unless it is told to keep it";
        check(rule, Version::Http10, &[], false);
        check(rule, Version::Http10, &["keep-alive"], true);
    }

    #[test]
    fn options_have_no_case() {
        let rule = "RFC 9110 §7.6.1: connection options have no case";
        check(rule, Version::Http11, &["Close"], false);
        check(rule, Version::Http10, &["Keep-Alive"], true);
    }

    #[test]
    fn the_value_is_a_list() {
        let rule = "RFC 9110 §7.6.1: Connection is a list of options, with commas in between";
        check(rule, Version::Http11, &["TE, close"], false);
        check(rule, Version::Http11, &["close ,\tTE"], false);
        check(rule, Version::Http10, &["keep-alive, Upgrade"], true);
        let rule = "RFC 9110 §5.6.1: empty members of a list are passed over";
        check(rule, Version::Http11, &[", ,close"], false);
        check(rule, Version::Http11, &[""], true);
    }

    #[test]
    fn an_option_is_a_whole_member() {
        let rule = "RFC 9110 §7.6.1: an option is a whole member of the list, not a part of one";
        check(rule, Version::Http11, &["x-close"], true);
        check(rule, Version::Http11, &["close-later"], true);
    }

    #[test]
    fn several_lines_are_one_list() {
        let rule = "RFC 9110 §5.3: several lines of one name are one list";
        check(rule, Version::Http11, &["TE", "close"], false);
        check(rule, Version::Http10, &["TE", "keep-alive"], true);
    }

    #[test]
    fn close_wins() {
        let rule = "RFC 9112 §9.3: close is looked at first, whatever stands beside it";
        check(rule, Version::Http11, &["keep-alive, close"], false);
        check(rule, Version::Http10, &["close, keep-alive"], false);
        check(rule, Version::Http10, &["keep-alive", "close"], false);
    }
}
