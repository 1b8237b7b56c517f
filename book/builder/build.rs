//! Builds the book with mdBook as a library; every complaint is an error.
//!
//! Chapter 0 · `cargo run -p book`
//!
//! *Strategy.* The settings are those of `book.toml`, so plain `mdbook build`
//! gives the same pages. The preprocessor `quiz` that it names is replaced by
//! the same code called in place: no second program is started.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

use crate::complaints::Complaints;
use crate::preprocess::QuizPreprocessor;

/// Builds the book whose `book.toml` lies in `folder`; returns where the pages are.
///
/// # Errors
///
/// A `book.toml` or `SUMMARY.md` that cannot be used, a quiz with a mistake, or
/// anything that mdBook warns of, such as an `{{#include}}` of no file.
pub(crate) fn build(folder: &Path) -> Result<PathBuf> {
    let complaints = Complaints::default();
    let pages = tracing::subscriber::with_default(complaints.clone(), || run(folder));
    let complaints = complaints.take();
    if complaints.is_empty() {
        return pages;
    }
    for complaint in &complaints {
        eprintln!("book: {complaint}");
    }
    pages?;
    bail!(
        "{} (above); mend the pages under {}",
        match complaints.len() {
            1 => "1 problem".to_owned(),
            n => format!("{n} problems"),
        },
        folder.join("src").display()
    );
}

fn run(folder: &Path) -> Result<PathBuf> {
    let config = settings(&folder.join("book.toml"))?;
    let mut book = MDBook::load_with_config(folder, config)?;
    // Takes the place of the command of the same name.
    book.with_preprocessor(QuizPreprocessor);
    book.build()?;
    Ok(book.build_dir_for("html"))
}

fn settings(file: &Path) -> Result<Config> {
    Config::from_disk(file).with_context(|| format!("reading {}", file.display()))
}
