//! Wrong: every path is a local redirect.
//!
//! Breaks RFC 3875 §6.2.2: a local redirect has no other field; with one, it is for the client
//!
//! The cookie beside it is lost: the client never hears of this answer.

fn main() {}

/// The kinds of answer.
#[derive(Debug, PartialEq, Eq)]
enum Answer<'h> {
    /// To be sent to the client, with this status code.
    Response(u16),
    /// The server answers with what is at this path.
    LocalRedirect(&'h str),
    /// No answer: the client gets 502.
    Nonsense,
}

/// The kind of an answer whose head has these fields; names without regard to case.
fn kind<'h>(fields: &[(&str, &'h str)]) -> Answer<'h> {
    let status = match value(fields, "status").map(code) {
        Some(None) => return Answer::Nonsense,
        Some(Some(code)) => Some(code),
        None => None,
    };
    match value(fields, "location") {
        Some(path) if path.starts_with('/') => Answer::LocalRedirect(path),
        Some(_) => Answer::Response(status.unwrap_or(302)),
        None if status.is_none() && value(fields, "content-type").is_none() => Answer::Nonsense,
        None => Answer::Response(status.unwrap_or(200)),
    }
}

/// `404`, or `404 Not Found`.
fn code(status: &str) -> Option<u16> {
    let (digits, phrase) = status.split_at_checked(3)?;
    let is_code = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_code && (phrase.is_empty() || phrase.starts_with(' ')) {
        digits.parse().ok()
    } else {
        None
    }
}

/// The value of the field with this name.
fn value<'h>(fields: &[(&str, &'h str)], wanted: &str) -> Option<&'h str> {
    let found = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, fields: &[(&str, &str)], expected: &Answer<'_>) {
        let answer = kind(fields);
        assert!(
            answer == *expected,
            "{rule}\n  fields:      {fields:?}\n  your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    const TYPE: (&str, &str) = ("Content-Type", "text/html");

    #[test]
    fn a_document_is_200_unless_it_says_otherwise() {
        let rule = "RFC 3875 §6.2.1: a document has the status that Status says, else 200";
        check(rule, &[TYPE], &Answer::Response(200));
        check(rule, &[("Status", "404 Not Found"), TYPE], &Answer::Response(404));
        check(rule, &[TYPE, ("status", "500")], &Answer::Response(500));
        check(rule, &[("Status", "204")], &Answer::Response(204));
    }

    #[test]
    fn a_path_alone_is_for_the_server() {
        let rule = "RFC 3875 §6.2.2: Location with a path, and nothing else, is a local redirect";
        check(rule, &[("Location", "/a?b=c")], &Answer::LocalRedirect("/a?b=c"));
        check(rule, &[("location", "/")], &Answer::LocalRedirect("/"));
    }

    #[test]
    fn a_path_with_company_is_for_the_client() {
        let rule =
            "RFC 3875 §6.2.2: a local redirect has no other field; with one, it is for the client";
        let cookie = ("Set-Cookie", "a=1");
        check(rule, &[("Location", "/a"), cookie], &Answer::Response(302));
        check(rule, &[("Status", "303"), ("Location", "/a")], &Answer::Response(303));
    }

    #[test]
    fn a_uri_is_for_the_client() {
        let rule = "RFC 3875 §6.2.3: Location with a URI is a client redirect: 302, unless Status says more";
        check(rule, &[("Location", "https://b.example/")], &Answer::Response(302));
        check(rule, &[("Location", "https://b.example/"), TYPE], &Answer::Response(302));
        check(
            rule,
            &[("Location", "https://b.example/"), ("Status", "301 Moved")],
            &Answer::Response(301),
        );
        check(
            rule,
            &[("Location", "/new"), ("Status", "201 Created"), TYPE],
            &Answer::Response(201),
        );
    }

    #[test]
    fn a_head_that_says_nothing_to_the_server_is_no_answer() {
        let rule = "RFC 3875 §6.3: one of Content-Type, Location and Status must be there";
        check(rule, &[], &Answer::Nonsense);
        check(rule, &[("X-Powered-By", "luck")], &Answer::Nonsense);
    }

    #[test]
    fn a_status_is_three_digits_and_a_phrase() {
        let rule = "RFC 3875 §6.3.3: Status is three digits, then perhaps a space and a phrase";
        for status in ["OK", "20", "2000", "200OK", "+20", "", "20 0"] {
            check(rule, &[("Status", status), TYPE], &Answer::Nonsense);
        }
        check(rule, &[("Status", "200 "), TYPE], &Answer::Response(200));
    }
}
