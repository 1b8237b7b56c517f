//! What may stand behind the size of a chunk.
//!
//! Chapter 2 · RFC 9112 §7.1.1
//!
//! *Strategy*: what an extension says is ignored, as it must be by who does not
//! know it. Whether it is one is looked at: what is none may mean something to
//! others.

use crate::head_error::is_token_byte;

/// `chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )`
pub(crate) fn is_chunk_ext(text: &[u8]) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        match after_extension(rest) {
            Some(next) => rest = next,
            None => return false,
        }
    }
    true
}

fn after_extension(text: &[u8]) -> Option<&[u8]> {
    let name = after_white_space(text).strip_prefix(b";")?;
    let rest = after_token(after_white_space(name))?;
    match after_white_space(rest).strip_prefix(b"=") {
        Some(value) => {
            let value = after_white_space(value);
            after_quoted_string(value).or_else(|| after_token(value))
        }
        None => Some(rest),
    }
}

fn after_white_space(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &text[length..]
}

fn after_token(text: &[u8]) -> Option<&[u8]> {
    let length = text.iter().take_while(|&&byte| is_token_byte(byte)).count();
    (length > 0).then_some(&text[length..])
}

/// `quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE`
/// [RFC 9110 §5.6.4](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4)
fn after_quoted_string(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"\"")?;
    let mut bytes = text.iter().enumerate();
    while let Some((at, &byte)) = bytes.next() {
        let byte = match byte {
            b'"' => return Some(&text[at + 1..]),
            b'\\' => *bytes.next()?.1,
            byte => byte,
        };
        if byte.is_ascii_control() && byte != b'\t' {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_a_name_and_perhaps_a_value() {
        for right in
            ["", ";a", " ; a\t=\tb", ";a=b;c", ";a=\"\"", ";a=\"\t\\\"; \u{e9}\";b", ";a=\"\\\t\""]
        {
            assert!(is_chunk_ext(right.as_bytes()), "{right:?}");
        }
        for wrong in [
            " ",
            "a",
            ";",
            ";a ",
            ";a;",
            ";=b",
            ";a=",
            ";a=b c",
            ";a b",
            ";a=\"b",
            ";a=\"b\\\"",
            ";a=\"b\"c",
            ";a=\"\0\"",
            ";a=\"\\\u{7f}\"",
            ";a=\"\\",
            ";\u{e9}",
        ] {
            assert!(!is_chunk_ext(wrong.as_bytes()), "{wrong:?}");
        }
    }
}
