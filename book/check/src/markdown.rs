//! Finds the fenced blocks of a Markdown page.
//!
//! *Strategy*: only what a fence needs is read: an opening line of three or more backticks or
//! tildes, an info string, and a closing line at least as long. Blocks inside a list keep their
//! indentation apart from their text, so that a page can be written back as it was.
//!
//! ```
//! let page = "Look:\n\n```rust,ignore\nfn main() {}\n```\n";
//! let fences = check::markdown::fences(page).unwrap();
//! assert_eq!(fences[0].language(), "rust");
//! assert_eq!(fences[0].body, ["fn main() {}"]);
//! assert_eq!(fences[0].line, 3);
//! ```

/// A fenced block: where it stands and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The line of the opening fence, counted from 1.
    pub line: usize,
    /// Everything that follows the opening backticks, trimmed.
    pub info: String,
    /// What stands before the opening backticks: spaces, or the `>` of a quotation.
    pub indent: String,
    /// The lines between the fences, without the indentation of the opening one.
    pub body: Vec<String>,
}

impl Fence {
    /// The first word of the info string: `console` of `console,id=c2-get`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.info.split([',', ' ', '{']).next().unwrap_or_default().trim()
    }
}

/// All fenced blocks of `page`, in order.
///
/// # Errors
/// The line of a fence that is never closed.
pub fn fences(page: &str) -> Result<Vec<Fence>, UnclosedFence> {
    let mut found = Vec::new();
    let mut open: Option<(Opening, Fence)> = None;
    for (index, line) in page.lines().enumerate() {
        match open.take() {
            None => open = Opening::read(line, index + 1),
            Some((opening, fence)) if opening.is_closed_by(line, &fence.indent) => {
                found.push(fence);
            }
            Some((opening, mut fence)) => {
                fence.body.push(strip(line, &fence.indent).to_owned());
                open = Some((opening, fence));
            }
        }
    }
    match open {
        None => Ok(found),
        Some((_, fence)) => Err(UnclosedFence { line: fence.line }),
    }
}

/// `page` with the body of the fence that opens at `line` replaced.
#[must_use]
pub fn replace_body(page: &str, fence: &Fence, body: &[String]) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    let indented = body.iter().map(|line| match line.as_str() {
        "" => fence.indent.trim_end().to_owned(),
        line => format!("{}{line}", fence.indent),
    });
    lines.splice(fence.line..fence.line + fence.body.len(), indented);
    lines.join("\n") + "\n"
}

/// A fence was opened and the page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnclosedFence {
    /// The line of the opening fence.
    pub line: usize,
}

/// The backticks or tildes that opened a block.
struct Opening {
    mark: char,
    length: usize,
}

impl Opening {
    fn read(line: &str, number: usize) -> Option<(Opening, Fence)> {
        let rest = line.trim_start_matches([' ', '>']);
        let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let length = rest.len() - info.len();
        if length < 3 || (mark == '`' && info.contains('`')) {
            return None;
        }
        let fence = Fence {
            line: number,
            info: info.trim().to_owned(),
            indent: line[..line.len() - rest.len()].to_owned(),
            body: Vec::new(),
        };
        Some((Opening { mark, length }, fence))
    }

    fn is_closed_by(&self, line: &str, indent: &str) -> bool {
        let line = strip(line, indent).trim();
        line.len() >= self.length && line.chars().all(|c| c == self.mark)
    }
}

/// `line` without `indent`, or without as much of it as is there.
fn strip<'a>(line: &'a str, indent: &str) -> &'a str {
    let shared = line.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
    &line[shared..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, expected: &[(usize, &str, &[&str])]) {
        let found = fences(page).unwrap();
        let seen: Vec<_> = found
            .iter()
            .map(|f| (f.line, f.info.as_str(), f.body.iter().map(String::as_str).collect()))
            .collect();
        let expected: Vec<(usize, &str, Vec<&str>)> =
            expected.iter().map(|(l, i, b)| (*l, *i, b.to_vec())).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn fences_are_found_with_their_lines() {
        check("a\n```sh\nls\n\npwd\n```\nb\n", &[(2, "sh", &["ls", "", "pwd"])]);
        check("~~~text\n```\n~~~\n", &[(1, "text", &["```"])]);
        check(
            "````md\n```console\n$ ls\n```\n````\n",
            &[(1, "md", &["```console", "$ ls", "```"])],
        );
        check("1. One:\n\n   ```sh\n   ls\n   ```\n", &[(3, "sh", &["ls"])]);
        check("> ```sh\n> ls\n> ```\n", &[(1, "sh", &["ls"])]);
        check("An `inline` and ```inline``` piece.\n", &[]);
    }

    #[test]
    fn a_fence_that_never_ends_is_an_error() {
        assert_eq!(fences("a\n\n```sh\nls\n"), Err(UnclosedFence { line: 3 }));
    }

    #[test]
    fn a_body_is_replaced_in_place() {
        let page = "a\n\n  ```sh\n  old\n  ```\n\nb\n";
        let fence = &fences(page).unwrap()[0];
        let new = replace_body(page, fence, &["one".into(), String::new(), "two".into()]);
        assert_eq!(new, "a\n\n  ```sh\n  one\n\n  two\n  ```\n\nb\n");
    }
}
