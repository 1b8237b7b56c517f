//! A field's value cannot hold a line end: its type refuses it.
//!
//! Chapter 2 · RFC 9112 §11.1

use http::HeaderValue;

// ANCHOR: main
fn main() {
    for decoded in ["/home", "/\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK"] {
        match HeaderValue::from_str(decoded) {
            Ok(_) => println!("Location: {decoded}"),
            Err(error) => println!("{decoded:?}: {error}"),
        }
    }
}
// ANCHOR_END: main
