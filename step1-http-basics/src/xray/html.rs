//! Spans as HTML, for the x-ray page and for the book.
//!
//! *Strategy*: an ordered list with one item a row: the bytes, then in words
//! what they are, so that the text alone tells what the colours tell. Nothing
//! from the bytes reaches the page but through [`escape`]. The classes are
//!
//! | class | on |
//! |---|---|
//! | `xray` | the list |
//! | `xray-row`, with `xray-wrong` if something is wrong there | an item |
//! | `xray-bytes` | the bytes of a row |
//! | `xray-action`, `-target`, `-version`, `-name`, `-value`, `-mark`, `-framing`, `-content`, `-unread` | the bytes of a part, by its family |
//! | `xray-byte` | in them, the name of a byte that cannot be seen: `CR` |
//! | `xray-says` | the words beside them |
//! | `xray-part`, `xray-note`, `xray-fault` | name, note and fault in these |
//! | `xray-section` | the link to the standard |
//! | `xray-more` | how many bytes are not shown |
//!
//! and [`CSS`] has their colours, light and dark.

use std::fmt::Write;

use super::visible::{ascii_name, glyphs, grouped};
use super::{Annotated, Kind, Span, Vocabulary};

/// The style sheet for the classes above. It follows `color-scheme`, which the
/// page around it sets, and needs nothing else.
pub const CSS: &str = include_str!("../xray.css");

/// The most bytes of content that are shown.
const CONTENT: usize = 64 * 1024;

/// The spans as an element to put into a page. It holds no empty line, so that
/// Markdown leaves it alone.
///
/// ```
/// use step1_http_basics::xray;
///
/// let html = xray::html_fragment(&xray::request(b"GET /<b> HTTP/1.1\r\n"));
/// assert!(html.contains("/&lt;b&gt;"));
/// assert!(html.contains("https://www.rfc-editor.org/rfc/rfc9110#section-9.3.1"));
/// ```
#[must_use]
pub fn html_fragment<P: Vocabulary>(annotated: &Annotated<'_, P>) -> String {
    let mut out = String::from("<ol class=\"xray\" role=\"list\">\n");
    for row in annotated.rows() {
        let is_wrong = row.iter().any(|span| span.fault.is_some());
        let wrong = if is_wrong { " xray-wrong" } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(out, "<li class=\"xray-row{wrong}\"><samp class=\"xray-bytes\">");
        for span in row {
            bytes(annotated.bytes_of(span), span, &mut out);
        }
        out.push_str("</samp> <span class=\"xray-says\">");
        words(row, &mut out);
        out.push_str("</span> ");
        link(row, &mut out);
        out.push_str("</li>\n");
    }
    out.push_str("</ol>\n");
    out
}

fn bytes<P: Vocabulary>(bytes: &[u8], span: &Span<P>, out: &mut String) {
    let kind = span.part.kind();
    let most = if matches!(kind, Kind::Content | Kind::Unread) { CONTENT } else { usize::MAX };
    let _ = write!(out, "<span class=\"{}\" title=\"{}\">", class(kind), span.part.name());
    let mut shown = 0;
    for glyph in glyphs(bytes) {
        if shown + glyph.bytes > most {
            break;
        }
        shown += glyph.bytes;
        match glyph.ascii.and_then(ascii_name) {
            Some(name) if name != "SP" || kind == Kind::Mark => {
                let _ = write!(out, "<small class=\"xray-byte\">{name}</small>");
            }
            _ => out.push_str(&escape(&glyph.text)),
        }
        if glyph.ascii == Some(b'\n') && shown < bytes.len() {
            out.push_str("<br>");
        }
    }
    if shown < bytes.len() {
        let more = grouped((bytes.len() - shown) as u64);
        let _ = write!(out, "<span class=\"xray-more\">… {more} bytes more</span>");
    }
    out.push_str("</span>");
}

fn words<P: Vocabulary>(row: &[Span<P>], out: &mut String) {
    let Some(first) = row.first() else { return };
    let name = first.part.row().unwrap_or(first.part.name());
    let _ = write!(out, "<b class=\"xray-part\">{}</b>", escape(name));
    let notes: Vec<&str> = row.iter().filter_map(|span| span.note.as_deref()).collect();
    if !notes.is_empty() {
        let _ = write!(out, ": <span class=\"xray-note\">{}</span>", escape(&notes.join("; ")));
    }
    for fault in row.iter().filter_map(|span| span.fault.as_ref()) {
        let _ = write!(out, " <strong class=\"xray-fault\">✗ {}</strong>", escape(fault));
    }
}

fn link<P: Vocabulary>(row: &[Span<P>], out: &mut String) {
    let Some(first) = row.first() else { return };
    let (url, section) = (first.section.url(), first.section.to_string());
    let (url, section) = (escape(&url), escape(&section));
    let _ = write!(out, "<a class=\"xray-section\" href=\"{url}\">{section}</a>");
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Action => "xray-action",
        Kind::Target => "xray-target",
        Kind::Version => "xray-version",
        Kind::Name => "xray-name",
        Kind::Value => "xray-value",
        Kind::Mark => "xray-mark",
        Kind::Framing => "xray-framing",
        Kind::Content => "xray-content",
        Kind::Unread => "xray-unread",
    }
}

/// Text that means itself in HTML, between tags and in a quoted attribute.
///
/// ```
/// use step1_http_basics::xray::escape;
///
/// assert_eq!(escape("<a href='\"&'>"), "&lt;a href=&#39;&quot;&amp;&#39;&gt;");
/// ```
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    out
}
