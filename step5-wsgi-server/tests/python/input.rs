//! `wsgi.input`: it ends where the content ends, in whatever way it is read.

use crate::running::Running;

const CONTENT: &str = "one\ntwo\r\nthree";

#[track_caller]
fn check(path: &str, expected: &str) {
    let server = Running::app("reads:app");
    let chunked = CONTENT.as_bytes().chunks(5);
    let chunks = chunked.map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), chunk.escape_ascii()));
    let chunks: String = chunks.collect();
    let chunks = chunks.replace("\\n", "\n").replace("\\r", "\r");
    let mut client = server.connect();
    client.send(format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{CONTENT}\
         POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n",
        CONTENT.len()
    ));
    assert_eq!(client.answer().text(), expected, "{path}");
    assert_eq!(client.answer().text(), expected, "{path}, chunked");
}

#[test]
fn read_without_a_size_ends_where_the_content_ends() {
    check("/read", r"[b'one\ntwo\r\nthree', b'', b'']");
    check("/pieces", r"[b'one', b'', b'\ntwo\r\nthree']");
}

#[test]
fn lines_are_read_one_by_one_or_all_and_no_longer_than_was_asked() {
    check("/readline", r"[b'one\n', b'tw', b'o\r\n', b'three']");
    check("/readlines", r"[b'one\n', b'two\r\n', b'three']");
    check("/hint", r"[b'one\n', b'|', b'two\r\n', b'three']");
    check("/iterate", r"[b'one\n', b'two\r\n', b'three']");
}

#[test]
fn content_too_large_for_memory_is_read_like_any_other() {
    let server = Running::app("well_behaved:app");
    let content = "0123456789abcdef".repeat(20_000);
    assert_eq!(server.ask("PUT", "/", &content).text(), format!("PUT {content}"));
}
