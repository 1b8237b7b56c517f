//! Do not send what the client has.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::time::{Duration, Instant};

use http::Method;
use step1_http_basics::limits::Limits;
use support::{Client, ask, serve};

const CHANGED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const EARLIER: &str = "Sun, 06 Nov 1994 08:49:36 GMT";

fn site() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.txt"), "0123456789").unwrap();
    let time = httpdate::parse_http_date(CHANGED).unwrap();
    fs::File::options()
        .write(true)
        .open(root.path().join("a.txt"))
        .unwrap()
        .set_modified(time)
        .unwrap();
    root
}

#[test]
fn a_copy_that_is_still_right_is_not_sent_again() {
    ask(site().path(), |ask| {
        let first = ask("GET /a.txt");
        assert_eq!(first.field("last-modified"), CHANGED);
        let tag = first.field("etag");
        for condition in [
            format!("If-None-Match: {tag}"),
            format!("If-None-Match: \"x\", W/{tag}"),
            format!("If-Modified-Since: {CHANGED}"),
        ] {
            for method in ["GET", "HEAD"] {
                let again = ask(&format!("{method} /a.txt\n{condition}"));
                assert_eq!((again.status(), again.text()), (304, ""), "{method} {condition}");
                assert_eq!((again.field("etag"), again.field("last-modified")), (tag, CHANGED));
                assert_eq!(again.field("content-length"), "");
            }
        }
        for condition in [
            "If-None-Match: \"x\"",
            &format!("If-Modified-Since: {EARLIER}"),
            "If-Modified-Since: never",
        ] {
            assert_eq!(
                ask(&format!("GET /a.txt\n{condition}")).text(),
                "0123456789",
                "{condition}"
            );
        }
    });
}

#[test]
fn a_304_leaves_the_connection_in_order() {
    let root = site();
    serve(root.path(), 4, Limits::default(), |server| {
        let mut client = Client::connect(server);
        client.send("GET /a.txt HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\nGET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.response(&Method::GET).status(), 304);
        assert_eq!(client.response(&Method::GET).text(), "0123456789");
    });
}

#[test]
fn a_state_that_is_not_meant_is_refused() {
    ask(site().path(), |ask| {
        assert_eq!(ask("GET /a.txt\nIf-Match: \"x\"").status(), 412);
        assert_eq!(ask(&format!("GET /a.txt\nIf-Unmodified-Since: {EARLIER}")).status(), 412);
        assert_eq!(ask("GET /a.txt\nIf-Match: *").status(), 200);
        // A condition on a file that is not there: the 404 counts.
        assert_eq!(ask("GET /b.txt\nIf-None-Match: *").status(), 404);
    });
}

#[test]
fn a_new_state_has_a_new_tag() {
    let root = site();
    ask(root.path(), |ask| {
        let tag = ask("GET /a.txt").field("etag").to_owned();
        fs::write(root.path().join("a.txt"), "9876543210").unwrap();
        let changed = ask(&format!("GET /a.txt\nIf-None-Match: {tag}"));
        assert_eq!(changed.text(), "9876543210");
        assert_ne!(changed.field("etag"), tag);
    });
}

/// RFC 9110 §13.1.5: `If-Range` and `If-Match` want a tag that is not weak. That
/// of a new file is so for a moment, and not for as long as the file is kept open.
#[test]
fn pieces_of_a_new_file_can_be_joined_a_moment_later() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("new.txt"), "0123456789").unwrap();
    ask(root.path(), |ask| {
        let deadline = Instant::now() + Duration::from_secs(30);
        let tag = loop {
            let tag = ask("GET /new.txt").field("etag").to_owned();
            if !tag.starts_with("W/") {
                break tag;
            }
            assert!(Instant::now() < deadline, "{tag}");
        };
        let part = ask(&format!("GET /new.txt\nRange: bytes=0-3\nIf-Range: {tag}"));
        assert_eq!((part.status(), part.text()), (206, "0123"));
        assert_eq!(ask(&format!("GET /new.txt\nIf-Match: {tag}")).status(), 200);
    });
}

#[test]
fn an_empty_file_is_sent_whole_whatever_range_is_asked_for() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("empty.txt"), "").unwrap();
    ask(root.path(), |ask| {
        for range in ["bytes=0-", "bytes=0-0", "bytes=-5"] {
            let all = ask(&format!("GET /empty.txt\nRange: {range}"));
            assert_eq!((all.status(), all.field("content-length")), (200, "0"), "{range}");
        }
    });
}

#[test]
fn a_range_is_sent_alone() {
    ask(site().path(), |ask| {
        for (range, content, place) in [
            ("bytes=0-3", "0123", "bytes 0-3/10"),
            ("bytes=7-", "789", "bytes 7-9/10"),
            ("bytes=-2", "89", "bytes 8-9/10"),
            ("bytes=9-100", "9", "bytes 9-9/10"),
        ] {
            let part = ask(&format!("GET /a.txt\nRange: {range}"));
            assert_eq!(
                (part.status(), part.text(), part.field("content-range")),
                (206, content, place)
            );
            assert_eq!(part.field("content-type"), "text/plain; charset=utf-8");
        }
        assert_eq!(ask("GET /a.txt").field("accept-ranges"), "bytes");
        assert_eq!(ask("GET /a.txt\nRange: lines=1-2").status(), 200);
        assert_eq!(ask("HEAD /a.txt\nRange: bytes=0-3").field("content-length"), "10");
        for range in ["bytes=10-", "bytes=5-2", "bytes=a-b"] {
            let none = ask(&format!("GET /a.txt\nRange: {range}"));
            assert_eq!(
                (none.status(), none.field("content-range")),
                (416, "bytes */10"),
                "{range}"
            );
        }
    });
}

#[test]
fn several_ranges_are_parts_of_one_answer() {
    ask(site().path(), |ask| {
        let parts = ask("GET /a.txt\nRange: bytes=0-1, -1");
        assert_eq!(parts.status(), 206);
        let boundary =
            parts.field("content-type").strip_prefix("multipart/byteranges; boundary=").unwrap();
        let part = |place: &str, content: &str| {
            format!(
                "\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes {place}/10\r\n\r\n{content}"
            )
        };
        let expected = format!("{}{}\r\n--{boundary}--\r\n", part("0-1", "01"), part("9-9", "9"));
        assert_eq!(parts.text(), expected);
        assert_eq!(parts.field("content-range"), "");
        // One that can be satisfied is no list.
        assert_eq!(ask("GET /a.txt\nRange: bytes=50-60, 2-3").text(), "23");
    });
}

#[test]
fn a_range_of_a_state_that_is_gone_is_the_whole() {
    ask(site().path(), |ask| {
        let tag = ask("GET /a.txt").field("etag").to_owned();
        for (condition, status) in
            [(tag.as_str(), 206), ("\"x\"", 200), (CHANGED, 206), (EARLIER, 200)]
        {
            let response = ask(&format!("GET /a.txt\nRange: bytes=0-3\nIf-Range: {condition}"));
            assert_eq!(response.status(), status, "{condition}");
        }
        assert_eq!(
            ask(&format!("GET /a.txt\nRange: bytes=0-3\nIf-None-Match: {tag}")).status(),
            304
        );
    });
}
