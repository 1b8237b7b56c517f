//! The table of what is refused, from the wire corpus of step 1.
//!
//! *Strategy*: each reason for a refusal stands in the table once, with one message of the corpus
//! that has it: the line that is wrong (the x-ray says which), the sentence of the index, and how
//! many messages of the corpus have the same reason. A reason that no row shows is an error, so the
//! page stays whole when the corpus grows.

use std::collections::BTreeMap;

use step1_http_basics::xray;

use crate::workspace;

/// The table, as seen from the workspace.
pub const FILE: &str = "book/figures/c2-refusals.md";

/// The corpus, as seen from the workspace.
const CORPUS: &str = "step1-http-basics/tests/wire/invalid";

/// The most characters of a line that are shown.
const MOST: usize = 44;

/// The rows by subject: messages of the corpus, without `.http`.
const ROWS: &[(&str, &[&str])] = &[
    (
        "The request line",
        &[
            "two-spaces-before-target",
            "tab-before-target",
            "target-utf-8",
            "target-fragment",
            "target-asterisk-with-get",
            "absolute-form-userinfo",
            "version-2-0",
            "method-too-long",
            "target-too-long",
        ],
    ),
    (
        "Line ends",
        &["line-feed-after-field", "carriage-return-in-value", "field-folded-with-space"],
    ),
    (
        "Fields",
        &[
            "field-hidden-transfer-encoding",
            "field-without-colon",
            "field-name-empty",
            "field-name-with-parenthesis",
            "field-value-with-nul",
            "fields-too-many",
            "fields-too-large",
        ],
    ),
    ("Host", &["host-missing", "host-twice-different", "host-with-path"]),
    (
        "The length of the content",
        &[
            "length-and-transfer-encoding",
            "length-twice-different",
            "length-plus-sign",
            "length-over-64-bits",
            "length-of-one-byte-over-the-limit",
            "coding-chunked-not-last",
            "coding-gzip-chunked",
            "coding-in-1-0",
        ],
    ),
    (
        "Chunks",
        &[
            "chunked-size-with-0x",
            "chunked-size-over-64-bits",
            "chunked-line-feed-after-size",
            "chunked-extension-without-name",
            "chunked-extensions-too-many",
            "chunked-data-too-long",
            "chunked-trailer-without-colon",
        ],
    ),
    ("Others", &["expect-unknown", "not-http-tls-hello"]),
];

/// An entry of the corpus's index.
struct Entry {
    section: String,
    why: String,
    status: i64,
    reason: String,
}

/// The table as Markdown.
///
/// # Errors
/// When a message is not in the corpus, or a reason is in no row.
pub fn markdown() -> Result<String, String> {
    let index = index()?;
    let mut messages: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in index.values() {
        *messages.entry(family(&entry.reason)).or_default() += 1;
    }
    let total = index.len();
    let mut page = format!(
        "<!-- Written by `UPDATE=1 cargo test -p check` from {CORPUS}/index.toml. -->\n\n\
         The corpus holds {total} messages that are refused. Each row stands for those that are refused for the same reason.\n"
    );
    for (subject, files) in ROWS {
        page.push_str(&format!(
            "\n**{subject}**\n\n| The line | Why it is refused | Answer | Messages |\n|---|---|---|---|\n"
        ));
        for file in *files {
            let entry = index.get(*file).ok_or(format!("{CORPUS}: no {file}.http"))?;
            let count = messages
                .remove(family(&entry.reason))
                .ok_or(format!("{file}: an earlier row has the reason `{}` too", entry.reason))?;
            page.push_str(&format!(
                "| <code>{}</code> | {} {} | {} | {count} |\n",
                wrong_line(file)?,
                entry.why,
                section_link(&entry.section)?,
                entry.status
            ));
        }
    }
    match messages.keys().next() {
        Some(reason) => Err(format!("{FILE}: no row shows the reason `{reason}`; add one to ROWS")),
        None => Ok(page),
    }
}

/// Reasons that differ only in which rule a trailer field breaks are one row.
fn family(reason: &str) -> &str {
    if reason.starts_with("chunk-trailer-") { "chunk-trailer" } else { reason }
}

fn index() -> Result<BTreeMap<String, Entry>, String> {
    let file = workspace::root().join(CORPUS).join("index.toml");
    let table: toml::Table =
        workspace::read(&file)?.parse().map_err(|error| format!("{}: {error}", file.display()))?;
    let messages = table.get("message").and_then(toml::Value::as_array);
    let entry = |value: &toml::Value| {
        let text = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
        let name = text("file")?.strip_suffix(".http")?.to_owned();
        let status = value.get("status")?.as_integer()?;
        let (section, why, reason) = (text("section")?, text("why")?, text("reason")?);
        Some((name, Entry { section, why, status, reason }))
    };
    let entries = messages.ok_or(format!("{CORPUS}/index.toml: no [[message]]"))?.iter().map(entry);
    entries.collect::<Option<_>>().ok_or(format!("{CORPUS}/index.toml: an entry lacks a key"))
}

/// The row of the x-ray with the fault in it, escaped, and cut if it is long.
fn wrong_line(file: &str) -> Result<String, String> {
    let path = workspace::root().join(CORPUS).join(file).with_extension("http");
    let bytes = std::fs::read(&path).map_err(|error| format!("{file}: {error}"))?;
    let annotated = xray::request(&bytes);
    let wrong = annotated.rows().find(|row| row.iter().any(|span| span.fault.is_some()));
    // A request may be refused for what it says, not for how it is written.
    let line = match wrong {
        Some(row) => row.iter().flat_map(|span| annotated.bytes_of(span)).copied().collect(),
        None => bytes,
    };
    let visible = xray::visible(&line);
    let mut shown: String = visible.chars().take(MOST).collect();
    if shown.len() < visible.len() {
        shown.push('…');
    }
    Ok(xray::escape(&shown).replace('|', "&#124;"))
}

/// `RFC 9112 §6.3` as a link.
fn section_link(section: &str) -> Result<String, String> {
    let parts = section.strip_prefix("RFC ").and_then(|rest| rest.split_once(" §"));
    let (rfc, number) = parts.ok_or(format!("`{section}` is not like `RFC 9112 §6.3`"))?;
    Ok(format!("[{section}](https://www.rfc-editor.org/rfc/rfc{rfc}#section-{number})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_with_the_fault_is_shown() {
        let line = wrong_line("field-hidden-transfer-encoding").unwrap();
        assert_eq!(line, "Transfer-Encoding : chunked␍␊");
    }

    #[test]
    fn a_section_becomes_a_link() {
        let link = section_link("RFC 9112 §6.3").unwrap();
        assert_eq!(link, "[RFC 9112 §6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3)");
        assert!(section_link("6.3").is_err());
    }
}
