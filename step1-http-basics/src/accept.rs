//! Which of several representations a client would like best.
//!
//! Chapter 2 · RFC 9110 §12.5.1
//!
//! *Strategy*: every offered media type gets the quality that the most specific
//! matching range of `Accept` gives it, and the highest quality wins. Among
//! equals the one that was named more exactly, then the one that was named
//! first, then the one that the server offers first. So `*/*`, which curl
//! sends, leaves the choice to the server.
//!
//! ```
//! use http::HeaderMap;
//! use step1_http_basics::accept;
//!
//! let offered = ["text/plain", "text/html"];
//! let mut fields = HeaderMap::new();
//! fields.insert("accept", "text/html,application/xml;q=0.9,*/*;q=0.8".parse().unwrap());
//! assert_eq!(accept::preferred(&fields, &offered), Some("text/html"));
//! fields.insert("accept", "*/*".parse().unwrap());
//! assert_eq!(accept::preferred(&fields, &offered), Some("text/plain"));
//! ```

use std::cmp::Reverse;

use http::HeaderMap;
use http::header::ACCEPT;

/// How well a range fits a media type: `*/*`, `text/*`, `text/html`,
/// `text/html;charset=utf-8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    Anything,
    Type,
    Subtype,
    Parameters(usize),
}

/// One member of `Accept`.
struct Range<'a> {
    media_type: &'a str,
    subtype: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
    /// In thousandths.
    quality: u16,
}

/// The media type among `offered` (written `type/subtype`) that the client
/// likes best; `None` if it wants none of them. Without `Accept`, or with one
/// that has no member that can be read, the first.
#[must_use]
pub fn preferred<'o>(fields: &HeaderMap, offered: &[&'o str]) -> Option<&'o str> {
    let lines: Vec<&str> =
        fields.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let ranges: Vec<Range<'_>> =
        lines.iter().flat_map(|line| split(line, ',')).filter_map(Range::read).collect();
    if ranges.is_empty() {
        return offered.first().copied();
    }
    let rank = |offer: &str| {
        let fits = ranges.iter().enumerate().filter_map(|(at, range)| {
            range.fits(offer).map(|precision| (precision, Reverse(at), range.quality))
        });
        fits.max().map(|(precision, at, quality)| (quality, precision, at))
    };
    offered
        .iter()
        .enumerate()
        .filter_map(|(at, offer)| Some((rank(offer)?, Reverse(at), *offer)))
        .filter(|((quality, ..), ..)| *quality > 0)
        .max()
        .map(|(.., offer)| offer)
}

impl<'a> Range<'a> {
    /// `media-range *( ";" parameter ) [ weight ]`
    fn read(member: &'a str) -> Option<Self> {
        let mut parts = split(member, ';').map(str::trim);
        let (media_type, subtype) = parts.next()?.split_once('/')?;
        let (mut parameters, mut quality) = (Vec::new(), 1000);
        for part in parts.filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            if name.eq_ignore_ascii_case("q") {
                quality = thousandths(value)?;
            } else {
                parameters.push((name, value.trim_matches('"')));
            }
        }
        let is_right =
            !media_type.is_empty() && !subtype.is_empty() && (media_type != "*" || subtype == "*");
        is_right.then_some(Range { media_type, subtype, parameters, quality })
    }

    /// Whether the range holds this media type, and how exactly. All that is
    /// offered is in UTF-8, and has no parameters besides.
    fn fits(&self, offer: &str) -> Option<Precision> {
        let (media_type, subtype) = offer.split_once('/')?;
        let is = |range: &str, name: &str| range.eq_ignore_ascii_case(name);
        let utf_8 = |&(name, value): &(&str, &str)| is(name, "charset") && is(value, "utf-8");
        match (self.media_type, self.subtype, self.parameters.as_slice()) {
            (_, _, parameters) if !parameters.iter().all(utf_8) => None,
            ("*", "*", _) => Some(Precision::Anything),
            (range, "*", _) if is(range, media_type) => Some(Precision::Type),
            (range, sub, []) if is(range, media_type) && is(sub, subtype) => {
                Some(Precision::Subtype)
            }
            (range, sub, parameters) if is(range, media_type) && is(sub, subtype) => {
                Some(Precision::Parameters(parameters.len()))
            }
            _ => None,
        }
    }
}

/// `qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`, in
/// thousandths; `None` if it is none.
/// [RFC 9110 §12.4.2](https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2)
#[must_use]
pub fn thousandths(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    let digits_are_right = digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let quality = match whole {
        "0" if digits_are_right => format!("{digits:0<3}").parse().ok()?,
        "1" if digits_are_right && digits.bytes().all(|byte| byte == b'0') => 1000,
        _ => return None,
    };
    Some(quality)
}

/// Splits at a separator that does not stand in a quoted string.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |char| {
        let separates = char == separator && !is_quoted;
        is_quoted ^= char == '"' && !is_escaped;
        is_escaped = is_quoted && char == '\\' && !is_escaped;
        separates
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [&str; 3] = ["text/plain", "text/html", "application/json"];

    #[track_caller]
    fn check(accept: &str, expected: Option<&str>) {
        let fields = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
        assert_eq!(preferred(&fields, &OFFERED), expected, "{accept}");
    }

    #[test]
    fn clients_get_what_they_like_best() {
        let (text, html, json) = (Some("text/plain"), Some("text/html"), Some("application/json"));
        assert_eq!(preferred(&HeaderMap::new(), &OFFERED), text);
        check("*/*", text);
        check("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", html);
        check("application/json", json);
        check("application/json, text/plain, */*", json);
        check("application/*", json);
        check("TEXT/HTML", html);
        check("text/html;q=0.5, application/json;q=0.50, text/plain;q=0.4", html);
        check("text/*;q=0.3, text/html;q=0.7, */*;q=0.5", html);
    }

    #[test]
    fn the_most_specific_range_counts_and_nought_means_never() {
        check("*/*, text/plain;q=0", Some("text/html"));
        check("text/*;q=0, */*", Some("application/json"));
        check("*/*;q=0", None);
        check("image/png", None);
        check("text/html;level=1", None);
        check("text/html;level=1, */*;q=0.1", Some("text/plain"));
        check("text/html;charset=\"UTF-8\", text/plain", Some("text/html"));
        check("text/plain;q=0.9, text/html;charset=utf-8;q=0.1, text/html", Some("text/plain"));
    }

    #[test]
    fn what_cannot_be_read_does_not_count() {
        for accept in [
            "",
            ",",
            "html",
            "*/html",
            "/",
            "text/html;q=2",
            "text/html;q=-1",
            "text/html;q=0.1234",
            "text/html;q",
            "a/b;c=\"",
        ] {
            let expected = if accept.starts_with("a/b") { None } else { Some("text/plain") };
            check(accept, expected);
        }
        check(
            "x/y;z=\"a, text/html;q=1, \\\", b\", application/json;q=0.1",
            Some("application/json"),
        );
        let mut fields = HeaderMap::new();
        fields.append(ACCEPT, "text/plain;q=0.1".parse().unwrap());
        fields.append(ACCEPT, "text/html;q=0.2".parse().unwrap());
        assert_eq!(preferred(&fields, &OFFERED), Some("text/html"));
    }

    #[test]
    fn qualities_are_read_as_the_grammar_says() {
        for (text, expected) in [
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.5", Some(500)),
            ("0.05", Some(50)),
            ("0.005", Some(5)),
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("1.001", None),
            ("01", None),
            (".5", None),
            ("", None),
            ("0.+1", None),
        ] {
            assert_eq!(thousandths(text), expected, "{text}");
        }
    }
}
