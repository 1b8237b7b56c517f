//! What a program printed, as the lines of a page.
//!
//! *Strategy*: a page can show text, and nothing that a Markdown reader or this replayer would take
//! for something else. Output that is not so is refused, with the reason, rather than bent.

use crate::transcripts::normalise::Mapping;

/// The lines of `output`, with what the page shows in the place of what the replayer chose.
///
/// # Errors
/// A sentence that says why a page cannot show it.
pub fn lines(output: &[u8], mapping: &Mapping) -> Result<Vec<String>, String> {
    let text =
        std::str::from_utf8(output).map_err(|_| "the output is not text: a page cannot show it")?;
    let text = mapping.to_shown(text).replace("\r\n", "\n");
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(format!("the output holds {c:?}, which a page cannot show:\n{text:?}"));
    }
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match lines.iter().find(|line| line.starts_with("$ ") || line.starts_with("```")) {
        Some(line) => Err(format!(
            "the output holds the line `{line}`, which a page would take for something else"
        )),
        None => Ok(lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &[u8], expected: &str) {
        let mapping = Mapping { ports: vec![(8000, 2345)], folder: "/tmp/x".into() };
        let seen = match lines(output, &mapping) {
            Ok(lines) => format!("{lines:?}"),
            Err(what) => what,
        };
        assert!(seen.contains(expected), "{seen}");
    }

    #[test]
    fn text_becomes_lines() {
        check(b"", "[]");
        check(b"a\r\n\r\nb", r#"["a", "", "b"]"#);
        check(
            b"serving /tmp/x/www at http://127.0.0.1:2345/\n",
            "/path/to/www at http://127.0.0.1:8000/",
        );
    }

    #[test]
    fn what_a_page_cannot_show_is_refused() {
        check(b"\xff", "is not text");
        check(b"\x1b[1mbold", "which a page cannot show");
        check(b"a\0", "which a page cannot show");
        check(b"$ a", "would take for something else");
        check(b"```", "would take for something else");
    }
}
