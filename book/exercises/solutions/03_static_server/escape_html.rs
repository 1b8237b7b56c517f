//! What a client sent is text in a page, never markup.
//!
//! Chapter 3 · RFC 9110 §17.4 · book/src/ch03-static-server/errors.md
//!
//! One pass over the characters writes each of them once. Several `replace` in a row
//! do it too, if that of the ampersand is the first.

fn main() {}

/// A path, as it came in a request target, as text to put into a page.
fn show_path(path: &str) -> String {
    let mut text = String::new();
    for character in decode(path).chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            other => text.push(other),
        }
    }
    text
}

/// The path with the bytes that its triplets stand for.
fn decode(path: &str) -> String {
    let mut decoded = Vec::new();
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let triplet = after.split_at_checked(2).filter(|_| *first == b'%');
        let byte = triplet.and_then(|(digits, after)| {
            let value = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
            Some((value, after))
        });
        let (byte, after) = byte.unwrap_or((*first, after));
        decoded.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a browser shows where this stands in a page; `None` if it is not text.
    fn as_shown(html: &str) -> Option<String> {
        let mut shown = String::new();
        let mut rest = html;
        while let Some(character) = rest.chars().next() {
            rest = &rest[character.len_utf8()..];
            shown.push(match character {
                '<' | '"' | '\'' => return None,
                '&' => match rest
                    .split_once(';')
                    .and_then(|(name, after)| Some((reference(name)?, after)))
                {
                    Some((named, after)) => {
                        rest = after;
                        named
                    }
                    None => '&',
                },
                other => other,
            });
        }
        Some(shown)
    }

    /// `lt`, `#60` and `#x3c` are three names of `<`.
    fn reference(name: &str) -> Option<char> {
        if let Some(number) = name.strip_prefix('#') {
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            return char::from_u32(number.ok()?);
        }
        let names = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];
        names.into_iter().find(|(known, _)| *known == name).map(|(_, character)| character)
    }

    const ONCE: &str =
        "RFC 9110 §17.4: each character is escaped once, and the ampersand is one of them";

    #[track_caller]
    fn compare(rule: &str, path: &str, is_right: impl Fn(&str) -> bool, expected: &str) {
        let answer = show_path(path);
        let shown = as_shown(&answer);
        let seen = shown.as_ref().map_or("markup!".to_owned(), |text| format!("{text:?}"));
        assert!(
            shown.is_some_and(|shown| is_right(&shown)),
            "{rule}\n  path:            {path}\n  in the page:     {answer}\n  a browser shows: {seen}\n  expected:        {expected}\n"
        );
    }

    /// Whatever is shown, it is text.
    #[track_caller]
    fn check_is_text(rule: &str, path: &str) {
        compare(rule, path, |_| true, "text alone");
    }

    #[track_caller]
    fn check(rule: &str, path: &str, expected: &str) {
        let twice = |shown: &str| shown != expected && as_shown(shown).as_deref() == Some(expected);
        let rule =
            if as_shown(&show_path(path)).is_some_and(|shown| twice(&shown)) { ONCE } else { rule };
        compare(rule, path, |shown| shown == expected, &format!("{expected:?}"));
    }

    #[test]
    fn a_path_is_text_and_not_markup() {
        let rule = "RFC 9110 §17.4: what a client sent is data: nothing in it is read as markup";
        check_is_text(rule, "/<script>alert(1)</script>");
        check_is_text(rule, "/<ScRiPt>alert(1)</sCrIpT>");
        check_is_text(rule, "/<img src=x onerror=alert(1)>");
        check_is_text(rule, "/<scr<script>ipt>");
    }

    #[test]
    fn an_attribute_ends_where_the_page_says() {
        let rule = "RFC 9110 §17.4: a quote in what a client sent ends no attribute of the page";
        check_is_text(rule, r#"/"onload="alert(1)"#);
        check_is_text(rule, "/'onload='alert(1)");
    }

    #[test]
    fn an_ampersand_is_text_too() {
        check(ONCE, "/salt&pepper", "/salt&pepper");
        check(ONCE, "/&lt;b&gt;", "/&lt;b&gt;");
        check(ONCE, "/<&amp;>", "/<&amp;>");
    }

    #[test]
    fn decoding_comes_before_escaping() {
        let rule = "RFC 3986 §2.4: decode first, escape last: a triplet hides any character";
        check(rule, "/%3Cscript%3E", "/<script>");
        check(rule, "/%22%27%3c", "/\"'<");
        check(rule, "/%26lt;", "/&lt;");
        check(rule, "/%E8%8C%B6%20shop", "/茶 shop");
    }

    #[test]
    fn all_of_the_path_is_shown() {
        let rule =
            "RFC 9110 §15.5: the page explains the error, so it shows the whole path, as it was";
        check(rule, "/", "/");
        check(rule, "/茶/a b", "/茶/a b");
        check(rule, "/1<2", "/1<2");
        check(rule, "/c++;", "/c++;");
    }
}
