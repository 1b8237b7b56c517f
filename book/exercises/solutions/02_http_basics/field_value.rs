//! A field is found whatever the capitals of its name.
//!
//! Chapter 2 · RFC 9110 §5.1 · book/src/ch02-http/fields.md
//!
//! Each line is cut once, at its first colon. The name is compared as it
//! stands; the value alone is trimmed.

fn main() {}

/// The value of the first field called `name` in the lines of a head.
fn field_value<'l>(lines: &[&'l str], name: &str) -> Option<&'l str> {
    for line in lines {
        if let Some((found, value)) = line.split_once(':')
            && found.eq_ignore_ascii_case(name)
        {
            return Some(value.trim_matches([' ', '\t']));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: &str, lines: &[&str], name: &str, expected: Option<&str>) {
        let answer = field_value(lines, name);
        assert!(
            answer == expected,
            "{rule}\n  field lines: {lines:?}\n  looked for:  {name:?}\n  your answer: {answer:?}\n  expected:    {expected:?}\n"
        );
    }

    #[test]
    fn capitals_do_not_matter_in_a_name() {
        let rule = "RFC 9110 §5.1: a field name has no case: all ways to write it are one name";
        let lines = ["host: localhost", "CONTENT-LENGTH: 5", "Content-Type: text/HTML"];
        check(rule, &lines, "Host", Some("localhost"));
        check(rule, &lines, "Content-Length", Some("5"));
        let rule = "RFC 9110 §5.1: only names are without case: a value is kept as it came";
        check(rule, &lines, "content-type", Some("text/HTML"));
    }

    #[test]
    fn the_whole_name_counts() {
        let rule = "RFC 9110 §5.1: the whole name has to be the same, not a part of it";
        let lines = ["Accept-Language: zh", "X-Host: evil", "Host: localhost"];
        check(rule, &lines, "Accept", None);
        check(rule, &lines, "Host", Some("localhost"));
        check(rule, &["no colon here"], "no colon here", None);
    }

    #[test]
    fn white_space_around_a_value_is_not_part_of_it() {
        let rule = "RFC 9112 §5.1: spaces and tabs around a value are not part of it";
        check(rule, &["Host:localhost"], "Host", Some("localhost"));
        check(rule, &["Host: \t localhost\t "], "Host", Some("localhost"));
        check(rule, &["Server: http  steps "], "Server", Some("http  steps"));
        let rule = "RFC 9110 §5.6.3: optional white space is space and tab, and nothing else";
        check(rule, &["Title: \u{a0}a\u{a0}"], "Title", Some("\u{a0}a\u{a0}"));
        check(rule, &["Title: a\u{b}"], "Title", Some("a\u{b}"));
    }

    #[test]
    fn no_white_space_stands_before_the_colon() {
        let rule = "RFC 9112 §5.1: with white space before its colon a name is no name";
        check(rule, &["Content-Length : 5"], "Content-Length", None);
        check(rule, &["Content-Length\t: 5"], "Content-Length", None);
        let rule = "RFC 9112 §5.2: a line that begins with white space begins no field";
        check(rule, &[" Content-Length: 5"], "Content-Length", None);
    }

    #[test]
    fn a_name_ends_at_the_first_colon() {
        let rule = "RFC 9112 §5: a name ends at the first colon; later ones belong to the value";
        check(rule, &["Host: localhost:8000"], "Host", Some("localhost:8000"));
        check(rule, &["Referer: http://[::1]/"], "Referer", Some("http://[::1]/"));
    }

    #[test]
    fn an_empty_value_is_a_value() {
        let rule = "RFC 9110 §5.5: a value may be empty, and the field is there all the same";
        check(rule, &["Host:"], "Host", Some(""));
        check(rule, &["Accept: ", "Host: localhost"], "Accept", Some(""));
    }
}
