//! `wsgi.file_wrapper`: what is sent is what the file would have read.

use std::fs;
use std::process::Command;

use crate::running::{Running, apps, program};

#[test]
fn a_wrapped_file_is_sent_as_it_would_have_been_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("big");
    let content: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&path, &content).unwrap();
    assert!(Command::new("gzip").arg("-k").arg(&path).status().unwrap().success());
    let mut command = program(&["files:app", "--chdir"]);
    command.arg(apps()).env("BIG", &path);
    let server = Running::start(command);
    for (what, expected) in [
        ("file", &content[..]),
        ("raw", &content[..]),
        ("middle", &content[1000..]),
        ("memory", &[b'x'; 100_000][..]),
        ("gzip", &content[..]),
        ("generator", &content[..]),
    ] {
        let answer = server.get(&format!("/{what}"));
        assert!(answer.content == expected, "{what}: {} bytes", answer.content.len());
        let length = expected.len().to_string();
        let known = ["file", "raw", "middle"].contains(&what);
        assert_eq!(answer.field("content-length"), known.then_some(length.as_str()), "{what}");
    }
}
