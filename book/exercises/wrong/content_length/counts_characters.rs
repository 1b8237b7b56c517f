//! Wrong: the characters are counted.
//!
//! Breaks RFC 9110 §8.6: Content-Length counts bytes, as they go over the wire
//!
//! What `len` of a string gives in Python, which the author may know better.
//! Right for every text of ASCII.

fn main() {}

/// A whole response, `200 OK`, with `text` as its content.
fn response(text: &str) -> String {
    let length = text.chars().count();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{text}"
    )
}
