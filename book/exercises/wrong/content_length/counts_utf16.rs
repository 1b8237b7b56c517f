//! Wrong: the text is counted in units of UTF-16.
//!
//! Breaks RFC 9110 §8.6: Content-Length counts bytes, as they go over the wire
//!
//! What `length` of a string gives in JavaScript, Java and C#.

fn main() {}

/// A whole response, `200 OK`, with `text` as its content.
fn response(text: &str) -> String {
    let length = text.encode_utf16().count();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{text}"
    )
}
