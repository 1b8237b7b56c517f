//! The client understands servers that others have written: Python's and nginx.
//!
//! Needs python3 and nginx: `cargo test -p step1-http-basics --features peers`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use http::header::{ACCEPT_ENCODING, EXPECT, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::framing::Framing;

#[path = "peers/nginx.rs"]
mod nginx;
#[path = "client/scripted.rs"]
#[allow(dead_code, reason = "only its deadline is used here")]
mod scripted;
#[path = "client/watched.rs"]
#[allow(dead_code, reason = "each test binary uses a part of this")]
mod watched;

use nginx::Peer;
use watched::{patient, request, watch, watch_following};

/// A folder of this test's own, with a page, a large file and a folder.
fn site(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(root.join("folder")).expect("a folder");
    fs::write(root.join("page.html"), PAGE).expect("a file");
    fs::write(root.join("folder/index.html"), PAGE).expect("a file");
    fs::write(root.join("large.bin"), large()).expect("a file");
    root
}

const PAGE: &str = "<!doctype html>\n<title>Peer</title>\n<p>Grüße</p>\n";

fn large() -> Vec<u8> {
    (0..3_000_000_u32).map(|number| number.to_le_bytes()[usize::from(number % 2 == 0)]).collect()
}

/// `python3 -m http.server`, which says on its first line where it listens.
fn python(root: &Path) -> Peer {
    let mut child = Command::new("python3")
        .args(["-u", "-m", "http.server", "--bind", "127.0.0.1", "0", "--directory"])
        .arg(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python3 is installed");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("a pipe from it");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    let port = line.split_once("port ").and_then(|(_, rest)| rest.split(' ').next());
    let port: u16 = port.and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("{line:?}"));
    Peer { child, address: (Ipv4Addr::LOCALHOST, port).into(), stop: None }
}

/// nginx, which serves the same folder, redirects and refuses.
fn nginx(root: &Path) -> Peer {
    let folder = root.display();
    let server = format!(
        "root {folder};
        client_max_body_size 1k;
        location = /old {{ return 301 /page.html; }}
        location = /secure {{ return 302 https://127.0.0.1/; }}
        location = /included {{ ssi on; alias {folder}/page.html; default_type text/html; }}"
    );
    nginx::start(root, "types { text/html html; }", &server)
}

#[test]
fn python_sends_files_and_errors_in_http_1_0() {
    let root = site("peer-python");
    let server = python(&root);
    let (head, seen) = watch(&request(Method::GET, &server.url("/page.html")), &patient());
    assert_eq!(head.expect("a response").version, http::Version::HTTP_10);
    assert_eq!(seen.content, PAGE.as_bytes());
    let (_, seen) = watch(&request(Method::GET, &server.url("/large.bin")), &patient());
    assert!(seen.content == large(), "{} bytes came", seen.content.len());
    let (head, seen) = watch(&request(Method::HEAD, &server.url("/large.bin")), &patient());
    assert_eq!(head.expect("a response").fields["content-length"], "3000000");
    assert_eq!((seen.framing, seen.content.len()), (Some(Framing::None), 0));
    let (head, _) = watch(&request(Method::GET, &server.url("/no such")), &patient());
    assert_eq!(head.expect("a response").status, StatusCode::NOT_FOUND);
    let (head, _) = watch(&request(Method::POST, &server.url("/")), &patient());
    assert_eq!(head.expect("a response").status, StatusCode::NOT_IMPLEMENTED);
}

#[test]
fn python_redirects_to_the_folder_with_its_slash() {
    let root = site("peer-python-folder");
    let server = python(&root);
    let (head, seen) = watch_following(request(Method::GET, &server.url("/folder")), &patient());
    assert_eq!(head.expect("a response").status, StatusCode::OK);
    assert_eq!(seen.statuses, [301, 200]);
    assert_eq!(seen.content, PAGE.as_bytes());
}

#[test]
fn nginx_counts_and_chunks() {
    let root = site("peer-nginx");
    let server = nginx(&root);
    let (_, seen) = watch(&request(Method::GET, &server.url("/large.bin")), &patient());
    assert_eq!(seen.framing, Some(Framing::Length(3_000_000)));
    assert!(seen.content == large(), "{} bytes came", seen.content.len());
    let (_, seen) = watch(&request(Method::GET, &server.url("/included")), &patient());
    assert_eq!(seen.framing, Some(Framing::Chunked));
    assert_eq!(seen.content, PAGE.as_bytes());
    let mut old = request(Method::GET, &server.url("/page.html"));
    old.add_field(ACCEPT_ENCODING, HeaderValue::from_static("gzip")).expect("a field");
    assert_eq!(watch(&old, &patient()).1.content, PAGE.as_bytes());
}

#[test]
fn nginx_redirects_and_refuses() {
    let root = site("peer-nginx-refuses");
    let server = nginx(&root);
    let (_, seen) = watch_following(request(Method::GET, &server.url("/old")), &patient());
    assert_eq!((seen.statuses, seen.content), (vec![301, 200], PAGE.as_bytes().to_vec()));
    let (_, seen) = watch_following(request(Method::GET, &server.url("/folder?x")), &patient());
    assert_eq!(seen.statuses, [301, 200]);
    let secure = request(Method::GET, &server.url("/secure"));
    let error = watch_following(secure, &patient()).0.expect_err("https");
    assert!(error.to_string().starts_with("redirect: the server sends us to https:"), "{error}");
    for expectation in [None, Some("100-continue")] {
        let post = request(Method::POST, &server.url("/page.html"));
        let mut post = post.with_content(vec![b'x'; 8_000_000]).expect("POST has content");
        if let Some(value) = expectation {
            post.add_field(EXPECT, HeaderValue::from_static(value)).expect("a field");
        }
        let (head, _) = watch(&post, &patient());
        assert_eq!(head.expect("a response").status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}
