//! The calls that both twins get, and the folder that both read.

#![allow(dead_code, unreachable_pub)] // each test uses some

use std::fs;
use std::path::{Path, PathBuf};

use step4_wsgi_interface::applications::{environ_page, files::Files, hello};
use step4_wsgi_interface::run::cgi;

/// A call: its name, the application, the variables.
pub struct Call {
    pub name: String,
    application: String,
    variables: Vec<(String, Vec<u8>)>,
}

pub fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/twin")
}

pub fn calls() -> Vec<Call> {
    let text = fs::read_to_string(here().join("calls")).expect("the calls");
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(call).collect()
}

fn call(line: &str) -> Call {
    let mut words = line.split(' ');
    let mut word = || words.next().expect("a word").to_owned();
    let (name, application) = (word(), word());
    let variables = words.map(|variable| {
        let (name, value) = variable.split_once('=').expect("NAME=value");
        (name.to_owned(), decoded(value))
    });
    Call { name, application, variables: variables.collect() }
}

fn decoded(value: &str) -> Vec<u8> {
    let mut parts = value.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

/// A folder with all that the calls ask for, and a secret beside it.
pub fn root() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("www");
    fs::create_dir_all(root.join("css")).expect("made");
    let every_byte: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for (name, content) in [
        ("simple_navbar.html", b"<h1>start</h1>\r\n".as_slice()),
        ("css/style.css", b"a { color: red }\n"),
        ("bytes.png", &every_byte),
        ("empty", b""),
        ("茶.TXT", "茶\n".as_bytes()),
        ("../secret.txt", b"secret"),
    ] {
        fs::write(root.join(name), content).expect("written");
    }
    std::os::unix::fs::symlink("../secret.txt", root.join("out.txt")).expect("linked");
    std::os::unix::fs::symlink("css/style.css", root.join("in.txt")).expect("linked");
    (folder, root)
}

/// What ours answers, as a CGI program.
pub fn ours(call: &Call, root: &Path) -> Vec<u8> {
    let variables = call.variables.iter().cloned();
    let (input, output) = (std::io::empty(), Vec::new());
    let (answer, outcome) = match call.application.as_str() {
        "hello" => cgi::run_with(&hello::application, variables, input, output),
        "environ" => cgi::run_with(&environ_page::application, variables, input, output),
        "files" => {
            let files = Files::below(root).expect("a folder");
            cgi::run_with(&files, variables, input, output)
        }
        other => panic!("no application {other}"),
    };
    outcome.expect("an answer");
    answer
}

/// Compares, and shows the first difference.
#[track_caller]
pub fn assert_same(name: &str, ours: &[u8], theirs: &[u8]) {
    if ours != theirs {
        let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
        let around = |bytes: &[u8]| {
            let end = bytes.len().min(at + 60);
            bytes[at.saturating_sub(60).min(end)..end].escape_ascii().to_string()
        };
        panic!("{name}: at byte {at}\n  ours:   {}\n  Python: {}", around(ours), around(theirs));
    }
}
