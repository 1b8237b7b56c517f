//! Wrong: without content there is no length.
//!
//! Breaks RFC 9112 §6.3: without a length a client reads until the close: say it, 0 too
//!
//! No length does not mean no content: to the client it means that the close
//! is the end. If nobody closes, it waits until somebody loses patience.

fn main() {}

/// A whole response, `200 OK`, with `text` as its content.
fn response(text: &str) -> String {
    let length = text.len();
    if length == 0 {
        return "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".to_owned();
    }
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{text}"
    )
}
