//! Promise 2: every listing is the code, and what is wrong on purpose is wrong as it says.
#![cfg(unix)]

use check::sandbox::Sandbox;
use check::summary::{self, or_fail};
use check::{listings, workspace, wrong};

#[test]
fn every_listing_is_the_code() {
    let pages = workspace::files(&workspace::root().join("book/src"), "md");
    assert!(!pages.is_empty());
    let outcome = or_fail(listings::check(&pages, &or_fail(listings::sources())));
    summary::print(&format!(
        "listings: {} parts of files on {} pages",
        outcome.parts.len(),
        pages.len()
    ));
    let failures: Vec<_> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} listings are wrong:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_is_wrong_on_purpose_gives_its_error_code() {
    let sandbox = Sandbox::new("".as_ref(), []).unwrap();
    let files = workspace::files(&workspace::root().join("book/wrong"), "rs");
    assert!(files.len() >= 2, "book/wrong is empty");
    let failures: Vec<_> =
        files.iter().filter_map(|file| wrong::check(file, &sandbox.folder()).err()).collect();
    summary::print(&format!("wrong on purpose: {} files", files.len()));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
