//! Rows of a wire view that step 1's x-ray does not draw: bytes, what they are, and where that is
//! said.

/// One row; `section` is a link and its words.
pub(crate) fn row(spans: &str, part: &str, note: &str, section: Option<(&str, &str)>) -> String {
    let note = match note {
        "" => String::new(),
        note => format!(": <span class=\"xray-note\">{note}</span>"),
    };
    let section = section
        .map(|(link, words)| format!(" <a class=\"xray-section\" href=\"{link}\">{words}</a>"));
    format!(
        "<li class=\"xray-row\"><samp class=\"xray-bytes\">{spans}</samp> <span class=\"xray-says\"><b class=\"xray-part\">{part}</b>{note}</span>{}</li>\n",
        section.unwrap_or_default()
    )
}

/// A view of such rows.
pub(crate) fn figure(rows: &str, caption: &str) -> String {
    format!(
        "<figure class=\"wire\">\n<ol class=\"xray\" role=\"list\">\n{rows}</ol>\n<figcaption>{caption}.</figcaption>\n</figure>\n"
    )
}

/// Bytes, and what they are.
pub(crate) fn span(class: &str, title: &str, inner: &str) -> String {
    format!("<span class=\"xray-{class}\" title=\"{title}\">{inner}</span>")
}

/// `01 0f`
pub(crate) fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// Text, its line ends shown.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for character in String::from_utf8_lossy(bytes).chars() {
        match character {
            '\n' => shown.push_str("<small class=\"xray-byte\">LF</small>"),
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            other => shown.push(other),
        }
    }
    shown
}
