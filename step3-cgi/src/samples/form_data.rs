//! From what a form sends to names and values.
//!
//! Chapter 4 · URL Standard §5.1 (`application/x-www-form-urlencoded`)
//!
//! *Strategy*: first split, then decode: a `&` that somebody typed comes as
//! `%26`, and must not become a separator. `+` is a space here, and only here.

use std::borrow::Cow;

// ANCHOR: pairs
/// The fields of a form, in the order in which they were sent.
///
/// ```text
/// name=Ada+L.&note=1%26 1   →   name: "Ada L.", note: "1& 1"
/// ```
pub(crate) fn pairs(encoded: &[u8]) -> impl Iterator<Item = (String, String)> {
    let fields = encoded.split(|&byte| byte == b'&').filter(|field| !field.is_empty());
    fields.map(|field| {
        let at = field.iter().position(|&byte| byte == b'=');
        let (name, value) = field.split_at(at.unwrap_or(field.len()));
        (decode(name), decode(value.get(1..).unwrap_or_default()))
    })
}
// ANCHOR_END: pairs

/// The value of the first field with this name.
pub(crate) fn value(encoded: &[u8], wanted: &str) -> Option<String> {
    pairs(encoded).find_map(|(name, value)| (name == wanted).then_some(value))
}

// ANCHOR: decode
/// `+` is a space, `%XX` is a byte, and whatever is neither stays as it is.
fn decode(encoded: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = match (byte, after) {
            (b'%', [high, low, ..]) => hexadecimal(*high).zip(hexadecimal(*low)),
            _ => None,
        };
        rest = match escaped {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                &after[2..]
            }
            None => {
                bytes.push(if byte == b'+' { b' ' } else { byte });
                after
            }
        };
    }
    match String::from_utf8_lossy(&bytes) {
        Cow::Owned(replaced) => replaced,
        Cow::Borrowed(text) => text.to_owned(),
    }
}
// ANCHOR_END: decode

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(encoded: &str, expected: &[(&str, &str)]) {
        let seen: Vec<_> = pairs(encoded.as_bytes()).collect();
        let expected: Vec<_> =
            expected.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(seen, expected, "{encoded}");
    }

    #[test]
    fn fields_are_split_before_they_are_decoded() {
        check("", &[]);
        check("a=1&b=2&a=3", &[("a", "1"), ("b", "2"), ("a", "3")]);
        check("a=x%26b%3D2&c=1=2", &[("a", "x&b=2"), ("c", "1=2")]);
        check("a&=b&&", &[("a", ""), ("", "b")]);
        check("n=Ada+L.%2B&%C3%A9=%E4%BD%A0", &[("n", "Ada L.+"), ("é", "你")]);
        check("a=100%&b=%2&c=%zz&d=%+1", &[("a", "100%"), ("b", "%2"), ("c", "%zz"), ("d", "% 1")]);
        check("a=%ff", &[("a", "\u{FFFD}")]);
    }
}
