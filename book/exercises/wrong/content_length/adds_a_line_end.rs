//! Wrong: a line end is sent behind the text.
//!
//! Breaks RFC 9112 §6.3: the content is the text; bytes behind it would begin the next response
//!
//! The lines of the head end with CR LF, so the text gets one too. It is not
//! counted, and the client finds it where the next response should begin.

fn main() {}

/// A whole response, `200 OK`, with `text` as its content.
fn response(text: &str) -> String {
    let length = text.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{text}\r\n"
    )
}
