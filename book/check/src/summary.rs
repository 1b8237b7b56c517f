//! What the tests print, and the files that are generated from what they hold.
//!
//! *Strategy*: a generated file is committed, so that the book can be built without running
//! anything; a test compares it, and `UPDATE=1` writes it anew.

use std::io::Write;

use crate::diff;
use crate::workspace;

/// Prints a line that the test runner does not hold back.
pub fn print(line: &str) {
    // A closed stdout is no reason to fail.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// The value, or the end of the test with the message as it was written: `unwrap` would show it
/// on one line.
///
/// # Panics
/// When there is an error.
#[track_caller]
pub fn or_fail<T>(result: Result<T, String>) -> T {
    result.unwrap_or_else(|message| panic!("{message}"))
}

/// Whether `UPDATE=1` asks for files to be written anew.
#[must_use]
pub fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// Compares `path`, as seen from the workspace, with what it should be.
///
/// # Errors
/// The difference, and how to write the file anew.
pub fn generated(path: &str, expected: &str) -> Result<(), String> {
    let file = workspace::root().join(path);
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    if there == expected {
        return Ok(());
    }
    if !is_update() {
        let diff = diff::lines(&there, expected);
        return Err(format!(
            "{path} is not up to date; UPDATE=1 cargo test -p check writes it\n{diff}"
        ));
    }
    let folder = file.parent().unwrap_or(&file);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, expected))
        .map_err(|error| format!("{path}: {error}"))
}
