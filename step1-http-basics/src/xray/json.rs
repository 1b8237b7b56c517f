//! Spans as JSON, for programs.

use std::fmt::Write;

use super::{Annotated, Vocabulary};

/// The spans as a JSON array of objects: `part`, `start`, `end`, the bytes as
/// `text` (or as `hex` when they are no UTF-8), `section`, `link`, and, where
/// there is one, a `note` and a `fault`.
///
/// ```
/// use step1_http_basics::xray;
///
/// let array = xray::json(&xray::request(b"GET"));
/// assert!(array.starts_with(r#"[{"part":"method","start":0,"end":3,"text":"GET","#));
/// ```
#[must_use]
pub fn json<P: Vocabulary>(annotated: &Annotated<'_, P>) -> String {
    let mut out = String::from("[");
    for (index, span) in annotated.spans.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "{}{{\"part\":{},\"start\":{},\"end\":{},{},\"section\":{},\"link\":{}",
            if index == 0 { "" } else { ",\n" },
            json_string(span.part.name()),
            span.range.start,
            span.range.end,
            json_bytes(annotated.bytes_of(span)),
            json_string(&span.section.to_string()),
            json_string(&span.section.url()),
        );
        for (key, words) in [("note", span.note.as_deref()), ("fault", span.fault.as_deref())] {
            if let Some(words) = words {
                let _ = write!(out, ",\"{key}\":{}", json_string(words));
            }
        }
        out.push('}');
    }
    out.push(']');
    out
}

/// A member `"text": …`, or `"hex": …` for bytes that are no UTF-8.
#[must_use]
pub(crate) fn json_bytes(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => format!("\"text\":{}", json_string(text)),
        Err(_) => {
            let digits = bytes.iter().fold(String::new(), |mut digits, byte| {
                let _ = write!(digits, "{byte:02x}");
                digits
            });
            format!("\"hex\":\"{digits}\"")
        }
    }
}

/// A string as JSON writes it, quotes included. Beyond what JSON asks for,
/// whatever a terminal obeys and `<` are escaped, so that the text does no
/// harm where it is printed or put into a page.
/// [RFC 8259 §7](https://www.rfc-editor.org/rfc/rfc8259#section-7)
///
/// ```
/// assert_eq!(step1_http_basics::xray::json_string("a \"b\"\n"), r#""a \"b\"\n""#);
/// ```
#[must_use]
pub fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if char.is_control()
                || matches!(char, '<' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(json_string(text), expected);
    }

    #[test]
    fn strings_hold_nothing_that_ends_them_or_does_something() {
        check("plain, 你好", "\"plain, 你好\"");
        check("\"\\/", "\"\\\"\\\\/\"");
        check("\0\t\r\n\x1b\x7f", "\"\\u0000\\t\\r\\n\\u001b\\u007f\"");
        check("</script>\u{2028}\u{202e}", "\"\\u003c/script>\\u2028\\u202e\"");
    }

    #[test]
    fn bytes_that_are_no_text_are_digits() {
        assert_eq!(json_bytes(b"\xff\x00a"), "\"hex\":\"ff0061\"");
    }
}
