//! Wrong: a method that is not on a short list makes the line no request line.
//!
//! Breaks RFC 9110 §9.1: any token is a method; whether you know it is asked later
//!
//! Any token is a method. A server that does not know it says so with 501 or
//! 405; with 400 it would say that the client cannot write.

fn main() {}

/// The parts of a request line, as they came.
#[derive(Debug, PartialEq)]
struct RequestLine<'l> {
    method: &'l str,
    target: &'l str,
    version: &'l str,
}

/// Takes a request line apart, without its CR LF; `None` if it is none.
fn read_request_line(line: &str) -> Option<RequestLine<'_>> {
    let parts: Vec<&str> = line.split(' ').collect();
    match parts[..] {
        [method @ ("GET" | "HEAD" | "POST"), target, version]
            if !target.is_empty() && is_version(version) =>
        {
            Some(RequestLine { method, target, version })
        }
        _ => None,
    }
}

/// `HTTP-version = "HTTP" "/" DIGIT "." DIGIT`
fn is_version(text: &str) -> bool {
    matches!(text.as_bytes(), [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, line: &str, expected: Option<[&str; 3]>) {
        let expected =
            expected.map(|[method, target, version]| RequestLine { method, target, version });
        let answer = read_request_line(line);
        assert!(
            answer == expected,
            "{rule}\n  request line: {line:?}\n  your answer:  {answer:?}\n  expected:     {expected:?}\n"
        );
    }

    #[test]
    fn three_parts_are_kept_as_they_came() {
        let rule = "RFC 9112 §3: a request line is a method, a request target and a version";
        check(rule, "GET / HTTP/1.1", Some(["GET", "/", "HTTP/1.1"]));
        check(rule, "GET /Search?q=a+b HTTP/1.0", Some(["GET", "/Search?q=a+b", "HTTP/1.0"]));
        let rule = "RFC 9110 §9.1: any token is a method; whether you know it is asked later";
        check(rule, "OPTIONS * HTTP/1.1", Some(["OPTIONS", "*", "HTTP/1.1"]));
        check(rule, "BREW /pot HTTP/1.1", Some(["BREW", "/pot", "HTTP/1.1"]));
        let rule = "RFC 9110 §9.1: a method is case-sensitive, so it is kept as it came";
        check(rule, "get / HTTP/1.1", Some(["get", "/", "HTTP/1.1"]));
    }

    #[test]
    fn one_space_stands_between_them() {
        let rule = "RFC 9112 §3: one single space stands between two parts, none at the ends";
        check(rule, "GET  / HTTP/1.1", None);
        check(rule, "GET /  HTTP/1.1", None);
        check(rule, " GET / HTTP/1.1", None);
        check(rule, "GET / HTTP/1.1 ", None);
        check(rule, "GET\t/\tHTTP/1.1", None);
    }

    #[test]
    fn no_space_stands_inside_a_target() {
        let rule =
            "RFC 9112 §3.2: a request target holds no space; the line is refused, not mended";
        check(rule, "GET /my page.html HTTP/1.1", None);
        check(rule, "GET / HTTP/1.1 HTTP/1.1", None);
    }

    #[test]
    fn no_part_is_missing() {
        let rule = "RFC 9112 §3: all three parts must be there; none is made up";
        check(rule, "GET /", None);
        check(rule, "GET", None);
        check(rule, "", None);
        check(rule, " / HTTP/1.1", None);
        check(rule, "GET  HTTP/1.1", None);
        check(rule, "GET / 1.1", None);
        check(rule, "GET / http/1.1", None);
    }
}
