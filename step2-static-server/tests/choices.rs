//! What the server chooses from: compressed files, and listings with `--list`.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::time::{Duration, SystemTime};

use step2_static_server::static_files::Options;
use support::{ask, ask_with};

fn write(root: &tempfile::TempDir, name: &str, content: &str, age: u64) {
    let path = root.path().join(name);
    fs::write(&path, content).unwrap();
    let time = SystemTime::now() - Duration::from_secs(age);
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn a_compressed_file_is_sent_to_those_who_take_it() {
    let root = tempfile::tempdir().unwrap();
    write(&root, "a.css", "plain", 100);
    write(&root, "a.css.gz", "zipped", 100);
    write(&root, "a.css.br", "brotli", 100);
    ask(root.path(), |ask| {
        for (accepted, content, coding) in [
            ("gzip, deflate, br", "brotli", "br"),
            ("gzip", "zipped", "gzip"),
            ("br;q=0.5, gzip", "zipped", "gzip"),
            ("br;q=0, gzip;q=0", "plain", ""),
            ("identity", "plain", ""),
        ] {
            let response = ask(&format!("GET /a.css\nAccept-Encoding: {accepted}"));
            assert_eq!(
                (response.text(), response.field("content-encoding")),
                (content, coding),
                "{accepted}"
            );
            assert_eq!(response.field("content-type"), "text/css; charset=utf-8");
            assert_eq!(response.field("vary"), "Accept-Encoding");
        }
        let plain = ask("GET /a.css");
        let zipped = ask("GET /a.css\nAccept-Encoding: gzip");
        assert_eq!((plain.text(), plain.field("vary")), ("plain", "Accept-Encoding"));
        assert_ne!(plain.field("etag"), zipped.field("etag"));
        let again = ask(&format!(
            "GET /a.css\nAccept-Encoding: gzip\nIf-None-Match: {}",
            zipped.field("etag")
        ));
        assert_eq!((again.status(), again.field("vary")), (304, "Accept-Encoding"));
        assert_eq!(ask("GET /a.css\nAccept-Encoding: gzip\nRange: bytes=0-2").text(), "zip");
    });
}

#[test]
fn a_compressed_file_of_an_earlier_state_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    write(&root, "a.css", "new", 10);
    write(&root, "a.css.gz", "old", 100);
    ask(root.path(), |ask| assert_eq!(ask("GET /a.css\nAccept-Encoding: gzip").text(), "new"));
}

#[test]
fn what_is_compressed_already_is_not_negotiated() {
    let root = tempfile::tempdir().unwrap();
    write(&root, "a.png", "picture", 10);
    write(&root, "a.png.gz", "zipped", 10);
    ask(root.path(), |ask| {
        let response = ask("GET /a.png\nAccept-Encoding: gzip");
        assert_eq!((response.text(), response.field("vary")), ("picture", ""));
    });
}

#[test]
fn a_folder_is_listed_only_with_the_flag() {
    let root = tempfile::tempdir().unwrap();
    let odd = "a b+c%d#e'\"<i>你好?:.txt";
    write(&root, odd, "odd", 10);
    write(&root, ".hidden", "no", 10);
    fs::create_dir(root.path().join("folder")).unwrap();
    ask(root.path(), |ask| assert_eq!(ask("GET /").status(), 404));
    ask_with(root.path(), Options { list: true, write: false }, |ask| {
        let page = ask("GET /");
        assert_eq!((page.status(), page.field("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.text().contains("<a href=\"folder/\">folder/</a>"), "{}", page.text());
        assert!(
            page.text().contains("a b+c%d#e&#39;&quot;&lt;i&gt;你好?:.txt</a>"),
            "{}",
            page.text()
        );
        assert!(!page.text().contains("hidden"));
        let link = page.text().split("href=\"a").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(ask(&format!("GET /a{link}")).text(), "odd");
        assert_eq!(ask("GET /folder").status(), 301);
        assert!(ask("GET /folder/").text().contains("<a href=\"../\">../</a>"));
    });
}

/// RFC 3986 §4.2: what stands before a colon would be a scheme.
#[test]
fn no_name_in_a_list_is_taken_for_a_scheme() {
    let root = tempfile::tempdir().unwrap();
    write(&root, "javascript:alert(1)", "a name", 10);
    ask_with(root.path(), Options { list: true, write: false }, |ask| {
        let page = ask("GET /");
        assert!(page.text().contains("href=\"javascript%3Aalert%281%29\""), "{}", page.text());
        assert_eq!(ask("GET /javascript%3Aalert%281%29").text(), "a name");
    });
}

#[test]
fn a_file_from_before_1970_is_listed_and_sent() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("old.txt");
    fs::write(&path, "old").unwrap();
    let time = SystemTime::UNIX_EPOCH - Duration::from_secs(100_000_000);
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    ask_with(root.path(), Options { list: true, write: false }, |ask| {
        assert_eq!(ask("GET /").status(), 200);
        assert_eq!(ask("GET /old.txt").field("last-modified"), "Thu, 01 Jan 1970 00:00:00 GMT");
    });
}
