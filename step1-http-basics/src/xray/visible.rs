//! Bytes as text that shows what cannot be seen, and does nothing.
//!
//! *Strategy*: a terminal obeys escape sequences, and text can be turned round
//! or hidden by characters without a shape of their own. So control bytes are
//! shown as the pictures that Unicode has for them, bytes that are no UTF-8 and
//! characters without a shape by their numbers. No byte from outside reaches a
//! terminal in any other way.

/// The bytes as text: CR LF is `␍␊`, other control bytes have a picture each,
/// a byte that is no UTF-8 is `\xff`, and a character without a shape `\u{202e}`.
///
/// ```
/// use step1_http_basics::xray::visible;
///
/// assert_eq!(visible(b"caf\xc3\xa9\r\n"), "café␍␊");
/// assert_eq!(visible(b"\x1b[31m\xff"), "␛[31m\\xff");
/// ```
#[must_use]
pub fn visible(bytes: &[u8]) -> String {
    glyphs(bytes).map(|glyph| glyph.text).collect()
}

/// A number as people write it: `12,345`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How many columns of a terminal this text takes, which is shown as it is.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|char| if is_wide(char) { 2 } else { 1 }).sum()
}

/// The name that ASCII has for a control byte, or for the space.
/// [RFC 20 §4](https://www.rfc-editor.org/rfc/rfc20#section-4)
pub(super) fn ascii_name(byte: u8) -> Option<&'static str> {
    const NAMES: [&str; 33] = [
        "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HTAB", "LF", "VT", "FF",
        "CR", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM",
        "SUB", "ESC", "FS", "GS", "RS", "US", "SP",
    ];
    match byte {
        0x7F => Some("DEL"),
        _ => NAMES.get(usize::from(byte)).copied(),
    }
}

/// One character, as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Glyph {
    /// The byte, if it is one of ASCII.
    pub(super) ascii: Option<u8>,

    pub(super) text: String,
    /// How many bytes it stands for.
    pub(super) bytes: usize,
    /// How many columns of a terminal it takes.
    pub(super) columns: usize,
}

/// The characters of the bytes, in order.
pub(super) fn glyphs(bytes: &[u8]) -> impl Iterator<Item = Glyph> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid().chars().map(of_char);
        valid.chain(chunk.invalid().iter().map(|byte| numbered(format!("\\x{byte:02x}"), 1)))
    })
}

fn of_char(char: char) -> Glyph {
    let bytes = char.len_utf8();
    let ascii = u8::try_from(char).ok().filter(u8::is_ascii);
    match char {
        '\0'..='\x1f' => {
            let picture = char::from_u32(0x2400 + u32::from(char)).unwrap_or('\u{fffd}');
            Glyph { ascii, text: picture.to_string(), bytes, columns: 1 }
        }
        '\x7f' => Glyph { ascii, text: "␡".to_owned(), bytes, columns: 1 },
        _ if char.is_control() || has_no_shape(char) => {
            numbered(format!("\\u{{{:x}}}", u32::from(char)), bytes)
        }
        _ => Glyph {
            ascii,
            text: char.to_string(),
            bytes,
            columns: if is_wide(char) { 2 } else { 1 },
        },
    }
}

fn numbered(text: String, bytes: usize) -> Glyph {
    Glyph { ascii: None, columns: text.len(), text, bytes }
}

/// Characters that hide, join or turn round others: the format characters of
/// Unicode, its fillers and variation selectors, and marks that stand on the
/// letter before them.
fn has_no_shape(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20ff}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that take two columns: those of East Asia, and pictures.
fn is_wide(char: char) -> bool {
    matches!(char,
        '\u{1100}'..='\u{115e}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f900}'..='\u{1f9ff}' | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(visible(bytes), expected);
        assert_eq!(glyphs(bytes).map(|glyph| glyph.bytes).sum::<usize>(), bytes.len());
    }

    #[test]
    fn what_can_be_seen_is_shown_as_it_is() {
        check(b"GET /~a HTTP/1.1", "GET /~a HTTP/1.1");
        check("你好, café ✓".as_bytes(), "你好, café ✓");
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        check(b"\0\t\r\n\x1b]0;x\x07\x7f", "␀␉␍␊␛]0;x␇␡");
        check("\u{9b}31m\u{202e}\u{200b}".as_bytes(), "\\u{9b}31m\\u{202e}\\u{200b}");
        check(b"\xff\xe4\xbd", "\\xff\\xe4\\xbd");
        for byte in 0..=255 {
            let shown = visible(&[byte]);
            assert!(!shown.chars().any(char::is_control), "{byte:#x}: {shown:?}");
        }
        for char in (0..0x3_0000).chain(0xE_0000..0xE_1000).filter_map(char::from_u32) {
            let shown = of_char(char).text;
            assert!(!shown.chars().any(|c| c.is_control() || has_no_shape(c)), "{char:?}");
        }
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")]
        {
            assert_eq!(grouped(number), expected);
        }
    }
}
