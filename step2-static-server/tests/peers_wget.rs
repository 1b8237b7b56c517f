//! wget mirrors the sample pages, and a folder of odd names, byte for byte.
//! Needs wget and diff (feature `peers`). One name that we can serve is not
//! here, because wget decodes names twice: `per%cent` becomes `per` and a byte.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use step1_http_basics::limits::Limits;
use support::serve;

/// Mirrors what the links lead to, and compares it with the folder itself.
fn mirror(root: &Path) {
    let copy = tempfile::tempdir().unwrap();
    serve(root, 64, Limits::default(), |server| {
        let url = format!("http://{}/", server.address());
        let output = Command::new("wget")
            .args(["--mirror", "--no-verbose", "--no-host-directories", "--page-requisites"])
            .args([
                "--restrict-file-names=nocontrol",
                "--tries=1",
                "--timeout=10",
                "--execute",
                "robots=off",
            ])
            .arg("--directory-prefix")
            .arg(copy.path())
            .arg(&url)
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("wget must be installed for the feature `peers`");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    });
    // wget calls the page of a folder index.html.
    let compared = Command::new("diff").arg("-r").arg(root).arg(copy.path()).output().unwrap();
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stdout));
}

#[test]
fn the_sample_pages_are_mirrored() {
    let root = tempfile::tempdir().unwrap();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www");
    copy(&pages, root.path());
    fs::copy(pages.join("simple_navbar.html"), root.path().join("index.html")).unwrap();
    mirror(root.path());
}

#[test]
fn odd_names_are_mirrored() {
    let root = tempfile::tempdir().unwrap();
    let names = [
        "plain.txt",
        "with space",
        "100%.txt",
        "ha#sh",
        "pl+us",
        "quote'single",
        "am&per",
        "你好.html",
        "se;mi",
        "co:lon",
        "e=q",
        "a,b",
        "(paren)",
        "[bracket]",
        "ti~lde",
        "exclam!",
    ];
    let mut page = String::from("<!DOCTYPE html><title>odd names</title>");
    for name in names {
        let encoded =
            percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        page.push_str(&format!(
            "<a href=\"{encoded}\">x</a> <a href=\"folder%20%26/{encoded}\">x</a>"
        ));
        fs::create_dir_all(root.path().join("folder &")).unwrap();
        fs::write(root.path().join(name), format!("content of {name}")).unwrap();
        fs::write(root.path().join("folder &").join(name), vec![0xFF; 70_000]).unwrap();
    }
    fs::write(root.path().join("index.html"), page).unwrap();
    mirror(root.path());
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
