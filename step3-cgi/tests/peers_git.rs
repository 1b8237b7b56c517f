//! git's own server program, behind ours, unchanged: clone, shallow clone, push
//! and fetch. Needs git (feature `peers`).
#![allow(clippy::unwrap_used)]

#[path = "support/programs.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::Place;
use support::running::Running;

/// A place with one repository, `project.git`, that anybody may push to.
struct Hosting {
    place: Place,
    server: Running,
}

impl Hosting {
    fn start() -> Self {
        let place = Place::new();
        let repositories = place.note("repositories");
        let project = repositories.join("project.git");
        fs::create_dir(&repositories).unwrap();
        git(&repositories, &["init", "--quiet", "--bare", "--initial-branch=main", "project.git"]);
        git(&project, &["config", "http.receivepack", "true"]);
        place.script(
            "git",
            &format!(
                "export GIT_PROJECT_ROOT='{}' GIT_HTTP_EXPORT_ALL=1\nexec git http-backend",
                repositories.display()
            ),
        );
        let root = place.root();
        let server = Running::start(Path::new("/"), "", &["--root", root.to_str().unwrap()]);
        let hosting = Hosting { place, server };
        let seed = hosting.folder("seed");
        git(&seed, &["init", "--quiet", "--initial-branch=main"]);
        for number in 0..5 {
            commit(&seed, &format!("file{number}"), format!("content {number}\n").as_bytes());
        }
        git(&seed, &["push", "--quiet", &hosting.url(), "main"]);
        hosting
    }

    fn url(&self) -> String {
        format!("http://{}/cgi-bin/git/project.git", self.server.address)
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.place.note(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn clone(&self, name: &str, more: &[&str]) -> PathBuf {
        let mut arguments = vec!["clone", "--quiet"];
        arguments.extend(more);
        let url = self.url();
        arguments.extend([url.as_str(), name]);
        git(&self.folder("clones"), &arguments);
        self.place.note("clones").join(name)
    }
}

/// Runs git in this folder, as a user without any settings: what it printed.
#[track_caller]
fn git(folder: &Path, arguments: &[&str]) -> String {
    git_with(folder, arguments, &[])
}

/// The same, with these variables besides.
#[track_caller]
fn git_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "gc.auto=0"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_TRACE_CURL", "1")
        .env("GIT_TRACE_CURL_NO_DATA", "1")
        .envs(variables.iter().copied())
        .output()
        .expect("git must be installed for the feature `peers`");
    let complained = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {arguments:?}: {complained}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &complained
}

/// Commits a file, long ago.
fn commit(folder: &Path, name: &str, content: &[u8]) {
    fs::write(folder.join(name), content).unwrap();
    git(folder, &["add", name]);
    let date = [("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z")];
    git_with(folder, &["commit", "--quiet", "-m", name], &date);
}

/// Bytes that do not compress.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes
}

#[test]
fn a_repository_is_cloned_whole_and_shallow() {
    let hosting = Hosting::start();
    let whole = hosting.clone("whole", &[]);
    assert_eq!(git(&whole, &["rev-list", "--count", "HEAD"]).trim(), "5");
    git(&whole, &["fsck", "--strict"]);
    let shallow = hosting.clone("shallow", &["--depth", "1"]);
    assert_eq!(git(&shallow, &["rev-list", "--count", "HEAD"]).trim(), "1");
    git(&shallow, &["fetch", "--quiet", "--unshallow"]);
    assert_eq!(git(&shallow, &["rev-list", "--count", "HEAD"]).trim(), "5");
}

#[test]
fn tens_of_megabytes_are_pushed_and_come_back() {
    let hosting = Hosting::start();
    let clone = hosting.clone("pushes", &[]);
    let large = noise(40_000_000);
    commit(&clone, "large", &large);
    let trace = git(&clone, &["push", "--quiet", "origin", "main"]);
    assert!(trace.contains("Transfer-Encoding: chunked"), "it was not chunked:\n{trace}");
    let back = hosting.clone("back", &[]);
    assert!(fs::read(back.join("large")).unwrap() == large);
    git(&back, &["fsck", "--strict"]);
}

#[test]
fn a_fetch_negotiates_with_gzipped_requests() {
    let hosting = Hosting::start();
    let (ours, theirs) = (hosting.clone("ours", &[]), hosting.clone("theirs", &[]));
    // So many commits that the server does not have, that the list of them is
    // worth being compressed. They are the youngest: git names those first, and
    // names no more once the server knows one.
    for number in 0..60 {
        git(&ours, &["commit", "--quiet", "--allow-empty", "-m", &format!("local {number}")]);
    }
    commit(&theirs, "news", b"from the other side\n");
    git(&theirs, &["push", "--quiet", "origin", "main"]);
    let trace = git(&ours, &["fetch", "--quiet", "origin"]);
    assert!(trace.to_lowercase().contains("content-encoding: gzip"), "{trace}");
    let news = git(&ours, &["show", "origin/main:news"]);
    assert!(news.starts_with("from the other side"), "{news}");
}

#[test]
fn what_is_no_repository_is_not_found() {
    let hosting = Hosting::start();
    let output = Command::new("git")
        .args(["ls-remote", &format!("http://{}/cgi-bin/git/other.git", hosting.server.address)])
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .unwrap();
    let complained = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complained.contains("not found"), "{complained}");
}
