//! The page as plain text.

use super::Seen;
use crate::xray::{Style, grouped, text, visible};

pub(super) fn page(seen: &Seen<'_>) -> String {
    let style = Style::default();
    let head = grouped(seen.raw_head.len() as u64);
    let content = match seen.content.length {
        0 => "no content".to_owned(),
        length => format!("{} bytes of content", grouped(length)),
    };
    let mut out = format!("You sent a head of {head} bytes and {content}.\n\n");
    out.push_str(&text(&seen.annotated_head(), style));
    out.push_str(&text(&seen.content.annotated(), style));
    for (title, pairs) in [("query", seen.query_pairs()), ("form", seen.form_pairs())] {
        if !pairs.is_empty() {
            out.push_str(&format!("\nThe {title} says\n"));
        }
        for (name, value) in pairs {
            out.push_str(&format!("  {} = {}\n", visible(&name), visible(&value)));
        }
    }
    out
}
