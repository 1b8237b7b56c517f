//! Mercurial's own server application, and Mercurial's own client.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::running::{Running, site, venv};

/// Runs `hg`: what it prints. It reads no settings but its repository's.
#[track_caller]
fn hg(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(venv().join("bin/hg"))
        .current_dir(folder)
        .args(["--config", "ui.username=Zoe"])
        .args(arguments)
        .env("HGRCPATH", "")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "hg {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn check_clone_and_push(flags: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let origin = folder.join("origin");
    let content: Vec<u8> = (0..250_000_u32).flat_map(|n| n.wrapping_mul(n).to_le_bytes()).collect();
    hg(folder, &["init", "origin"]);
    fs::write(origin.join(".hg/hgrc"), "[web]\nallow-push = *\npush_ssl = no\n").unwrap();
    fs::write(origin.join("caf\u{e9}.bin"), &content).unwrap();
    hg(&origin, &["commit", "--addremove", "--message", "first"]);

    let mut command = site("mercurial_site");
    command.args(flags).env("REPOSITORY", &origin).env("HGRCPATH", "");
    let server = Running::start(command);
    let address = format!("http://{}/", server.address);
    hg(folder, &["clone", &address, "copy"]);
    let copy = folder.join("copy");
    assert_eq!(fs::read(copy.join("caf\u{e9}.bin")).unwrap(), content);

    // And back: a push sends content.
    fs::write(copy.join("more"), content.repeat(2)).unwrap();
    hg(&copy, &["commit", "--addremove", "--message", "second"]);
    hg(&copy, &["push"]);
    assert_eq!(hg(&origin, &["log", "--template", "{desc} "]), "second first ");
    hg(&origin, &["verify"]);
    let page = server.get("/file/tip/more");
    assert_eq!(page.status, 200, "{}", server.log());
    assert!(server.get("/").text().contains("second"));
    assert_eq!(server.get("/file/none").status, 404);
    assert!(!server.log().contains("Traceback"), "{}", server.log());
}

#[test]
fn a_repository_is_cloned_and_pushed_to() {
    check_clone_and_push(&[]);
    check_clone_and_push(&["--threads", "4"]);
}
