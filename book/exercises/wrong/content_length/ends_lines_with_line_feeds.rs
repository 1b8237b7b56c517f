//! Wrong: lines end with LF alone.
//!
//! Breaks RFC 9112 §2.1: each line of a head ends with CR LF, and an empty line ends it
//!
//! Many clients read over it. One that does not finds no end of the head.

fn main() {}

/// A whole response, `200 OK`, with `text` as its content.
fn response(text: &str) -> String {
    let length = text.len();
    format!(
        "HTTP/1.1 200 OK\nContent-Type: text/plain; charset=utf-8\nContent-Length: {length}\n\n{text}"
    )
}
