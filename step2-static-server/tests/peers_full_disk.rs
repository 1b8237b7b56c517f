//! A disk that is full: 507, and the old file is still there. Needs to be root,
//! to mount a small file system (feature `peers`).
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use step2_static_server::static_files::Options;
use support::ask_with;

/// A file system of one mebibyte, for as long as this lives.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mount = ["-t", "tmpfs", "-o", "size=1m", "tmpfs"];
        let status = Command::new("mount").args(mount).arg(folder.path()).status().unwrap();
        assert!(status.success(), "cannot mount a tmpfs: this test has to run as root");
        Small(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

#[test]
fn what_does_not_fit_is_refused_and_the_old_file_stays() {
    let disk = Small::mount();
    fs::write(disk.path().join("a.txt"), "old").unwrap();
    let options = Options { write: true, ..Options::default() };
    ask_with(disk.path(), options, |ask| {
        assert_eq!(ask(&format!("PUT /a.txt\n\n{}", "x".repeat(3_000_000))).status(), 507);
        assert_eq!(ask("GET /a.txt").text(), "old");
        assert_eq!(fs::read_dir(disk.path()).unwrap().count(), 1, "no temporary file is left");
        assert_eq!(ask("PUT /a.txt\n\nnew").status(), 204);
        assert_eq!(ask("GET /a.txt").text(), "new");
    });
}
