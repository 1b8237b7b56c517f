//! Every listing of the book is the code.
//!
//! Promise 2: nothing is pasted. *Strategy*: a page takes code in by `{{#include FILE:anchor}}`
//! alone. Each such line must name a file and an anchor that are there and hold something; a block
//! of a programming language holds nothing but such lines; the Rust it takes in is compiled by the
//! workspace, or wrong on purpose; and an anchor that no page uses is removed.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex_lite::Regex;

use crate::markdown::{self, Fence};
use crate::workspace;

/// Languages whose blocks are taken in, never pasted.
const LISTED: &[&str] = &["rust", "python", "c", "php", "javascript", "js", "css"];

/// Something about a listing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The page or source file, as seen from the workspace.
    pub file: String,
    /// The line.
    pub line: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// A marked part of a source file, or the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The file.
    pub file: PathBuf,
    /// The anchor; `None` for the whole file.
    pub anchor: Option<String>,
}

/// What was found in the book.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The listings that are as they must be.
    pub parts: BTreeSet<Part>,
    /// What is wrong.
    pub failures: Vec<Failure>,
}

/// Checks the pages below `pages` against the source files below `sources`.
///
/// # Errors
/// When a page cannot be read.
pub fn check(pages: &[PathBuf], sources: &[PathBuf]) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    for page in pages {
        check_page(page, &workspace::read(page)?, sources, &mut outcome);
    }
    for file in sources {
        // A picture in the folder is no source.
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        check_anchors(file, &text, &mut outcome);
    }
    Ok(outcome)
}

/// The files whose parts a page may take in as code: what lies in the packages and `book/wrong`.
///
/// # Errors
/// When the root manifest cannot be read.
pub fn sources() -> Result<Vec<PathBuf>, String> {
    let mut folders = vec![workspace::root().join("book/wrong")];
    for member in workspace::members()? {
        folders.extend(
            ["src", "examples", "tests", "cgi-bin", "python"].map(|folder| member.join(folder)),
        );
    }
    // The book's own pages are not sources: book/src lies in the package `book`.
    folders.retain(|folder| !folder.ends_with("book/src"));
    Ok(folders.iter().flat_map(|folder| workspace::all_files(folder)).collect())
}

fn check_page(page: &Path, text: &str, sources: &[PathBuf], outcome: &mut Outcome) {
    let name = workspace::relative(page);
    for (index, line) in text.lines().enumerate() {
        for include in includes(line) {
            match resolve(page, include) {
                Ok(part) => {
                    outcome.parts.insert(part);
                }
                Err(what) => {
                    outcome.failures.push(Failure { file: name.clone(), line: index + 1, what });
                }
            }
        }
    }
    let fences = markdown::fences(text).unwrap_or_default();
    for fence in fences.iter().filter(|fence| LISTED.contains(&fence.language())) {
        outcome.failures.extend(check_block(page, &name, fence, sources));
    }
}

/// A block of a programming language: only includes, and only of sources.
fn check_block(page: &Path, name: &str, fence: &Fence, sources: &[PathBuf]) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (index, line) in fence.body.iter().enumerate() {
        let mut fail = |what: String| {
            failures.push(Failure { file: name.to_owned(), line: fence.line + index + 1, what });
        };
        let found = includes(line);
        if found.is_empty() && !line.trim().is_empty() {
            fail(format!(
                "`{line}` is pasted: put the code into a file that is compiled or run, mark it with \
                 ANCHOR and take it in with {{{{#include FILE:anchor}}}}"
            ));
        }
        for part in found.iter().filter_map(|include| resolve(page, include).ok()) {
            if !sources.contains(&part.file) {
                let file = workspace::relative(&part.file);
                fail(format!(
                    "{file} belongs to no package and is not in book/wrong: nothing compiles it"
                ));
            }
        }
    }
    failures
}

/// What stands between `{{#include ` and `}}` on a line; `\{{` is only spoken of.
fn includes(line: &str) -> Vec<&str> {
    static INCLUDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(\\?)\{\{#(?:include|rustdoc_include|playground)\s+([^}]+)\}\}").ok()
    });
    let captures = INCLUDE.iter().flat_map(|include| include.captures_iter(line));
    captures
        .filter(|found| found.get(1).is_some_and(|escape| escape.is_empty()))
        .filter_map(|found| Some(found.get(2)?.as_str().trim()))
        .collect()
}

/// The part of a file that an include names, if it is there.
fn resolve(page: &Path, include: &str) -> Result<Part, String> {
    let (file, anchor) = match include.split_once(':') {
        Some((file, anchor)) => (file, Some(anchor)),
        None => (include.split_whitespace().next().unwrap_or_default(), None),
    };
    let path = page.parent().unwrap_or(page).join(file);
    let found = path.canonicalize().map_err(|_| format!("`{file}` is not there"))?;
    let text = workspace::read(&found)?;
    let Some(anchor) = anchor else {
        return match text.trim() {
            "" => Err(format!("`{file}` is empty")),
            _ => Ok(Part { file: found, anchor: None }),
        };
    };
    if anchor.split(':').all(|bound| bound.chars().all(|c| c.is_ascii_digit())) {
        return lines(found, &text, include, anchor);
    }
    match part(&text, anchor) {
        None => Err(format!("`{file}` has no `ANCHOR: {anchor}`")),
        Some(lines) if lines.iter().all(|line| line.trim().is_empty()) => {
            Err(format!("`ANCHOR: {anchor}` in `{file}` is empty"))
        }
        Some(_) => Ok(Part { file: found, anchor: Some(anchor.to_owned()) }),
    }
}

/// Lines by number: of a recording alone, which nobody edits.
fn lines(file: PathBuf, text: &str, include: &str, range: &str) -> Result<Part, String> {
    if file.extension().is_none_or(|extension| extension != "raw") {
        return Err(format!("`{include}`: line numbers drift; name an anchor"));
    }
    let bound = |text: &str, otherwise: usize| text.parse().unwrap_or(otherwise);
    let (first, last) = match range.split_once(':') {
        Some((first, last)) => (bound(first, 1), bound(last, usize::MAX)),
        None => (bound(range, 1), bound(range, 1)),
    };
    match text.lines().take(last).nth(first.max(1) - 1) {
        Some(_) => Ok(Part { file, anchor: Some(range.to_owned()) }),
        None => Err(format!("`{include}`: the recording has no such lines")),
    }
}

/// The lines between `ANCHOR: name` and `ANCHOR_END: name`, without markers.
fn part<'a>(text: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let mut lines = text.lines().skip_while(|line| marker(line, "ANCHOR:") != Some(name));
    lines.next()?;
    let inside = lines.take_while(|line| marker(line, "ANCHOR_END:") != Some(name));
    let is_marker = |line: &&str| marker(line, "ANCHOR:").or(marker(line, "ANCHOR_END:")).is_none();
    Some(inside.filter(is_marker).collect())
}

/// The name in a marker line: a comment that holds nothing else.
fn marker<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let comment = line.trim_start();
    let text =
        ["//", "#", "/*", "<!--", "--"].iter().find_map(|mark| comment.strip_prefix(mark))?;
    text.trim_start().strip_prefix(word)?.split_whitespace().next()
}

/// Every anchor of a source file is closed and used.
fn check_anchors(file: &Path, text: &str, outcome: &mut Outcome) {
    for (index, line) in text.lines().enumerate() {
        let Some(name) = marker(line, "ANCHOR:") else { continue };
        let part = Part { file: file.to_owned(), anchor: Some(name.to_owned()) };
        let is_closed =
            text.lines().skip(index).any(|line| marker(line, "ANCHOR_END:") == Some(name));
        let what = match (is_closed, outcome.parts.contains(&part)) {
            (false, _) => format!("`ANCHOR: {name}` has no `ANCHOR_END: {name}`"),
            (true, false) => {
                format!("no page takes in `ANCHOR: {name}`: use it, or remove both markers")
            }
            (true, true) => continue,
        };
        outcome.failures.push(Failure { file: workspace::relative(file), line: index + 1, what });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::Sandbox;

    /// Checks one page that lies beside `code.rs`, which holds `source`.
    #[track_caller]
    fn check_one(page: &str, source: &str, expected: &str) {
        let sandbox = Sandbox::new(Path::new(""), []).unwrap();
        let folder = sandbox.folder();
        let (page_file, code) = (folder.join("page.md"), folder.join("code.rs"));
        std::fs::write(&page_file, page).unwrap();
        std::fs::write(&code, source).unwrap();
        std::fs::write(folder.join("answer.raw"), "HTTP/1.0 200 OK\r\n\r\n").unwrap();
        std::fs::write(folder.join("stray.rs"), "fn main() {}\n").unwrap();
        let outcome = check(&[page_file], &[code]).unwrap();
        let seen: Vec<_> = outcome.failures.iter().map(ToString::to_string).collect();
        assert!(seen.join("\n").contains(expected), "{seen:#?}");
        assert_eq!(seen.is_empty(), expected.is_empty(), "{seen:#?}");
    }

    const MARKED: &str = "// ANCHOR: a\nfn a() {}\n// ANCHOR_END: a\n";

    #[test]
    fn a_listing_that_is_taken_in_passes() {
        check_one("```rust\n{{#include code.rs:a}}\n```\n", MARKED, "");
        check_one("```rust,ignore\n{{#rustdoc_include code.rs:a}}\n```\n", MARKED, "");
        check_one("Write `\\{{#include none.rs}}`.\n", "", "");
        check_one("```sh\ncargo test\n```\n", "", "");
    }

    #[test]
    fn what_is_not_there_is_named() {
        check_one("a\n\n{{#include none.rs}}\n", "", "page.md:3: `none.rs` is not there");
        check_one(
            "{{#include code.rs:b}}\n",
            "fn a() {}\n",
            "page.md:1: `code.rs` has no `ANCHOR: b`",
        );
        check_one(
            "{{#include code.rs:a}}\n",
            "# ANCHOR: a\n\n# ANCHOR_END: a\n",
            "`ANCHOR: a` in `code.rs` is empty",
        );
        check_one("{{#include code.rs}}\n", "\n", "`code.rs` is empty");
        check_one("{{#include code.rs:1:2}}\n", "fn a() {}\n", "line numbers drift");
        check_one("{{#include answer.raw:1:2}}\n", "", "");
        check_one("{{#include answer.raw:7:8}}\n", "", "the recording has no such lines");
    }

    #[test]
    fn what_is_pasted_or_not_compiled_is_named() {
        check_one("```rust\nfn a() {}\n```\n", "", "page.md:2: `fn a() {}` is pasted");
        check_one("```python\nprint(1)\n```\n", "", "is pasted");
        check_one("```rust\n{{#include stray.rs}}\n```\n", "", "nothing compiles it");
    }

    #[test]
    fn an_anchor_that_nobody_uses_is_named() {
        check_one("", MARKED, "code.rs:1: no page takes in `ANCHOR: a`");
        check_one(
            "{{#include code.rs:a}}\n",
            "// ANCHOR: a\nfn a() {}\n",
            "code.rs:1: `ANCHOR: a` has no `ANCHOR_END: a`",
        );
    }
}
