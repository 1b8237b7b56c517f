//! A folder as a page of links, with `--list`.
//!
//! Chapter 3
//!
//! *Strategy*: names are what people chose, so they are escaped twice, each for
//! its place: percent-encoded in the link, escaped as text where they are shown.

use std::ffi::OsStr;
use std::fmt::Write;
use std::io;

use cap_std::fs::{Dir, Metadata};
use http::StatusCode;
use step1_http_basics::clock;
use step1_http_basics::handler::Response;

use crate::error_page::{escape, not_guessed, styled};
use crate::link::encode_segment;
use crate::resolve::{Resource, is_hidden};

/// No more entries than this are listed; the page says so.
const MOST: usize = 10_000;

/// Names stay whole as long as there is room; on a phone the date has none.
const RULES: &str = " th { overflow-wrap: normal } td:first-child { min-width: 8rem } \
    @media (max-width: 40rem) { :is(th, td):nth-child(3) { display: none } }";

struct Entry {
    name: std::ffi::OsString,
    is_folder: bool,
    length: u64,
    modified: Option<std::time::SystemTime>,
}

/// A page that lists what is in this folder, folders first. `look` says what a
/// name in it leads to.
///
/// # Errors
/// When the folder cannot be read.
pub fn page(
    folder: &Dir,
    look: impl Fn(&OsStr) -> io::Result<Metadata>,
    resource: &Resource,
) -> io::Result<Response> {
    let mut entries = Vec::new();
    let mut more = false;
    for entry in folder.entries()? {
        let entry = entry?;
        let name = entry.file_name();
        if is_hidden(&name) {
            continue;
        }
        // A link that leads nowhere, or out of the root, is not shown.
        let Ok(metadata) = look(&name) else { continue };
        if !metadata.is_dir() && !metadata.is_file() {
            continue;
        }
        if entries.len() == MOST {
            more = true;
            break;
        }
        let modified = metadata.modified().ok().map(cap_std::time::SystemTime::into_std);
        entries.push(Entry {
            name,
            is_folder: metadata.is_dir(),
            length: metadata.len(),
            modified,
        });
    }
    entries.sort_by(|a, b| b.is_folder.cmp(&a.is_folder).then_with(|| a.name.cmp(&b.name)));
    let title = format!("Files in {resource}");
    let page = styled(&title, RULES, &table(&entries, resource, more));
    Ok(not_guessed(Response::html(StatusCode::OK, page)))
}

// ANCHOR: table
fn table(entries: &[Entry], resource: &Resource, more: bool) -> String {
    let mut rows = String::new();
    if !resource.segments().is_empty() {
        rows.push_str("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
    }
    for entry in entries {
        let slash = if entry.is_folder { "/" } else { "" };
        // A colon is encoded too, so that no name is taken for a scheme.
        let link = encode_segment(&entry.name);
        let name = escape(&entry.name.to_string_lossy());
        let size = if entry.is_folder { String::new() } else { entry.length.to_string() };
        let date = entry.modified.map(clock::imf_fixdate);
        let date = date.as_ref().and_then(|date| date.to_str().ok()).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(
            rows,
            "<tr><td><a href=\"{link}{slash}\">{name}{slash}</a></td><td>{size}</td><td>{date}</td></tr>"
        );
    }
    let note = if more {
        format!("<p>Only the first {MOST} entries are shown.</p>\n")
    } else {
        String::new()
    };
    format!(
        "<table>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Bytes</th>\
         <th scope=\"col\">Changed</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n{note}"
    )
}
// ANCHOR_END: table
