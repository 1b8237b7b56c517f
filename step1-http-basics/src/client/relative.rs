//! The parts of a URI reference, and how a relative one becomes absolute.
//!
//! Chapter 1 · RFC 3986 §5
//!
//! *Strategy*: a link or a `Location` says where to go from here, as a path in
//! a file system does. It is cut into parts at its marks, its path is hung into
//! the folder of the page that it stands on, and `.` and `..` are walked.

use std::borrow::Cow;

use super::url_error::UrlError;

/// `[ scheme ":" ] [ "//" authority ] path [ "?" query ] [ "#" fragment ]`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'t> {
    pub(super) scheme: Option<&'t str>,
    pub(super) authority: Option<&'t str>,
    pub(super) path: Cow<'t, str>,
    pub(super) query: Option<&'t str>,
    pub(super) fragment: Option<&'t str>,
}

impl<'t> Parts<'t> {
    /// Cuts a reference at its marks; nothing is decoded.
    pub(super) fn split(text: &'t str) -> Result<Parts<'t>, UrlError> {
        let text = text.trim_matches(' ');
        if let Some(c) = text.chars().find(|c| c.is_control()) {
            return Err(UrlError::ControlCharacter(c));
        }
        let (rest, fragment) = cut(text, '#');
        let (rest, query) = cut(rest, '?');
        let (scheme, rest) = match rest.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, rest),
        };
        // Browsers take a backslash for a slash, so servers meet it as one.
        let slash = ['/', '\\'];
        let (authority, path) =
            match rest.strip_prefix(slash).and_then(|rest| rest.strip_prefix(slash)) {
                Some(rest) => {
                    let (authority, path) = rest.split_at(rest.find(slash).unwrap_or(rest.len()));
                    (Some(authority), path)
                }
                None => (None, rest),
            };
        let path = if path.contains('\\') { path.replace('\\', "/").into() } else { path.into() };
        Ok(Parts { scheme, authority, path, query, fragment })
    }
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Hangs a path into the folder of the page that it stands on.
/// [RFC 3986 §5.2.3](https://www.rfc-editor.org/rfc/rfc3986#section-5.2.3)
pub(super) fn merge<'p>(base: &str, path: &'p str) -> Cow<'p, str> {
    match base.rfind('/') {
        _ if path.starts_with('/') => path.into(),
        Some(last) => format!("{}{path}", &base[..=last]).into(),
        None => format!("/{path}").into(),
    }
}

/// Walks `.` and `..`, never above the root. As browsers do, `%2e` counts for
/// a dot.
/// [RFC 3986 §5.2.4](https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4)
pub(super) fn without_dot_segments(path: &str) -> String {
    let mut kept = Vec::new();
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = segments.next() {
        let dots = segment.replace("%2e", ".").replace("%2E", ".");
        if dots == ".." {
            kept.pop();
        } else if dots != "." {
            kept.push(segment);
            continue;
        }
        if segments.peek().is_none() {
            kept.push(""); // the path ends in a folder, with its slash
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use crate::client::Url;

    #[track_caller]
    fn check(reference: &str, expected: &str) {
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        let url = base.join(reference).unwrap();
        let fragment = url.fragment().map(|text| format!("#{text}")).unwrap_or_default();
        assert_eq!(format!("{url}{fragment}"), expected, "{reference}");
    }

    /// [RFC 3986 §5.4.1](https://www.rfc-editor.org/rfc/rfc3986#section-5.4.1)
    #[test]
    fn the_normal_examples_of_the_standard() {
        check("g", "http://a/b/c/g");
        check("./g", "http://a/b/c/g");
        check("g/", "http://a/b/c/g/");
        check("/g", "http://a/g");
        check("//g", "http://g/");
        check("?y", "http://a/b/c/d;p?y");
        check("g?y", "http://a/b/c/g?y");
        check("#s", "http://a/b/c/d;p?q#s");
        check("g#s", "http://a/b/c/g#s");
        check("g?y#s", "http://a/b/c/g?y#s");
        check(";x", "http://a/b/c/;x");
        check("g;x", "http://a/b/c/g;x");
        check("g;x?y#s", "http://a/b/c/g;x?y#s");
        check("", "http://a/b/c/d;p?q");
        check(".", "http://a/b/c/");
        check("./", "http://a/b/c/");
        check("..", "http://a/b/");
        check("../", "http://a/b/");
        check("../g", "http://a/b/g");
        check("../..", "http://a/");
        check("../../", "http://a/");
        check("../../g", "http://a/g");
    }

    /// [RFC 3986 §5.4.2](https://www.rfc-editor.org/rfc/rfc3986#section-5.4.2)
    #[test]
    fn the_abnormal_examples_of_the_standard() {
        check("../../../g", "http://a/g");
        check("../../../../g", "http://a/g");
        check("/./g", "http://a/g");
        check("/../g", "http://a/g");
        check("g.", "http://a/b/c/g.");
        check(".g", "http://a/b/c/.g");
        check("g..", "http://a/b/c/g..");
        check("..g", "http://a/b/c/..g");
        check("./../g", "http://a/b/g");
        check("./g/.", "http://a/b/c/g/");
        check("g/./h", "http://a/b/c/g/h");
        check("g/../h", "http://a/b/c/h");
        check("g;x=1/./y", "http://a/b/c/g;x=1/y");
        check("g;x=1/../y", "http://a/b/c/y");
        check("g?y/./x", "http://a/b/c/g?y/./x");
        check("g?y/../x", "http://a/b/c/g?y/../x");
        check("g#s/./x", "http://a/b/c/g#s/./x");
        check("g#s/../x", "http://a/b/c/g#s/../x");
    }

    #[test]
    fn empty_segments_and_encoded_dots_are_walked_as_browsers_do() {
        check("/a//b", "http://a/a//b");
        check("/a//../b", "http://a/a/b");
        check("/%2e%2E/x", "http://a/x");
        check("\\x\\y", "http://a/x/y");
        check("\\\\g\\x", "http://g/x");
        check("ä b", "http://a/b/c/%C3%A4%20b");
    }
}
