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
    let file = folder.join("book.toml");
    let settings =
        Config::from_disk(&file).with_context(|| format!("reading {}", file.display()))?;
    build_with(folder, settings)
}

fn build_with(folder: &Path, settings: Config) -> Result<PathBuf> {
    let complaints = Complaints::default();
    let pages = tracing::subscriber::with_default(complaints.clone(), || run(folder, settings));
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

fn run(folder: &Path, settings: Config) -> Result<PathBuf> {
    let mut book = MDBook::load_with_config(folder, settings)?;
    // Takes the place of the command of the same name.
    book.with_preprocessor(QuizPreprocessor);
    book.build()?;
    Ok(book.build_dir_for("html"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// A book of one page.
    fn book(page: &str) -> TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("src")).expect("a folder in it");
        fs::write(folder.path().join("book.toml"), "[book]\ntitle = \"One page\"\n")
            .and_then(|()| fs::write(folder.path().join("src/SUMMARY.md"), "[Page](page.md)\n"))
            .and_then(|()| fs::write(folder.path().join("src/page.md"), page))
            .expect("the files are written");
        folder
    }

    /// Every file below `folder` that ends in `.html`.
    fn pages(folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the entry is read").path();
            match path.extension() {
                _ if path.is_dir() => found.extend(pages(&path)),
                Some(ending) if ending == "html" => found.push(path),
                _ => {}
            }
        }
        found
    }

    #[test]
    fn a_page_is_built() {
        let folder = book("# Page {#page}\n\nText.\n");
        let pages = build(folder.path()).expect("nothing is wrong");
        let page = fs::read_to_string(pages.join("page.html")).expect("the page is there");
        assert!(page.contains("Text."));
    }

    #[test]
    fn an_include_of_no_file_fails_the_build() {
        let folder = book("# Page\n\n{{#include gone.rs}}\n");
        let error = build(folder.path()).expect_err("mdBook alone would call it a success");
        assert!(error.to_string().contains("problem"), "{error}");
    }

    #[test]
    fn a_missing_book_toml_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = build(folder.path()).expect_err("there is no book");
        assert!(format!("{error:#}").contains("book.toml"), "{error:#}");
    }

    /// Whether the browser fetches something from another host when it meets
    /// this tag; a link is followed by the reader alone.
    fn loads_from_elsewhere(tag: &str) -> bool {
        let attributes = [" src=\"", " href=\"", " srcset=\"", " data=\"", " poster=\""];
        !tag.starts_with("a ")
            && attributes.iter().filter_map(|name| tag.split_once(name)).any(|(_, value)| {
                ["http:", "https:", "//"].iter().any(|start| value.starts_with(start))
            })
    }

    #[test]
    fn a_link_is_no_load() {
        assert!(!loads_from_elsewhere("a class=\"x\" href=\"https://example.org/\""));
        assert!(!loads_from_elsewhere("svg xmlns=\"http://www.w3.org/2000/svg\""));
        assert!(!loads_from_elsewhere("img src=\"a.png\""));
        assert!(loads_from_elsewhere("img alt=\"\" src=\"//example.org/a.png\""));
        assert!(loads_from_elsewhere("link rel=\"stylesheet\" href=\"https://example.org/a.css\""));
    }

    /// Promise 5: it works with the network cut. Links may lead elsewhere;
    /// nothing that a page loads by itself may.
    #[test]
    fn this_book_loads_nothing_from_elsewhere() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let out = tempfile::tempdir().expect("a temporary folder");
        let mut settings = Config::from_disk(folder.join("book.toml")).expect("it is read");
        settings.build.build_dir = out.path().join("html");
        let built = build_with(folder, settings).expect("the book builds");

        let pages = pages(&built);
        assert!(pages.len() > 30, "only {} pages were built", pages.len());
        for file in pages {
            let page = fs::read_to_string(&file).expect("the page is read");
            for tag in page.split('<').filter_map(|element| element.split('>').next()) {
                assert!(!loads_from_elsewhere(tag), "{}: <{tag}>", file.display());
            }
        }
    }
}
