//! Replays every transcript of the book.
//!
//! Promise 1: what a page shows is what a reader will see. A transcript is a fenced block:
//!
//! ````text
//! ```console,id=c2-get,serve="step1-http-basics --quiet"
//! $ curl -i http://127.0.0.1:8000/
//! HTTP/1.1 200 OK
//! ```
//! ````
//!
//! | attribute | meaning |
//! |---|---|
//! | `id=NAME` | needed, unique in the book |
//! | `serve="BIN ARGS"` | a server, of the workspace, that runs until the page's end; the same text again is the same server |
//! | `background` | the one command is a server that stays: its start is shown, Ctrl-C stops it at the page's end |
//! | `of=ID` | no command: what the server of that `background` block has printed since |
//! | `needs=PROGRAM` | replayed with the feature `peers` alone; `needs=python3` for `cargo run … --features python` |
//! | `exit=N` | the last command ends with status N; all others, and all without it, end with 0 |
//! | `deadline=SECONDS` | 10 without it |
//!
//! *Strategy*: [`pages`] reads the pages and finds what is wrong without running anything;
//! [`replay`](mod@replay) runs them, a page in a [sandbox](crate::sandbox), its servers until the
//! page's end. `UPDATE=1` puts what was printed in the place of what the page says: write the
//! commands, let it write the output, and read what it wrote.
//!
//! In reading order: [`attributes`], [`exchange`], [`shell`], [`commands`], [`normalise`],
//! [`pages`], [`replay`](mod@replay), `servers`, [`output`].

pub mod attributes;
pub mod commands;
pub mod exchange;
pub mod normalise;
pub mod output;
pub mod pages;
pub mod replay;
mod servers;
pub mod shell;

use std::fmt;

/// Something about a transcript that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The page, as seen from the workspace.
    pub page: String,
    /// The line of the block's opening fence.
    pub line: usize,
    /// The block, if it has a name.
    pub id: Option<String>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.page, self.line)?;
        if let Some(id) = &self.id {
            write!(f, "{id}: ")?;
        }
        write!(f, "{}", self.what)
    }
}
