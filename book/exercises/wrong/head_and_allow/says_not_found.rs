//! Wrong: a method that the page does not take is answered 404.
//!
//! Breaks RFC 9110 §15.5.6: a method that the server knows and the page does not take: 405
//!
//! 404 is about the page, and the page is there. To caches and robots it
//! means: gone.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    match request.head.method {
        Method::GET | Method::HEAD => Response::html(StatusCode::OK, PAGE),
        _ => Response::text(StatusCode::NOT_FOUND, "This page can only be read.\n")
            .field(ALLOW, HeaderValue::from_static("GET, HEAD")),
    }
}
