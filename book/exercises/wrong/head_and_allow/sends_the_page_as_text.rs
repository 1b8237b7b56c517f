//! Wrong: the page is sent as plain text.
//!
//! Breaks RFC 9110 §9.3.1: the answer to GET is the page: 200, its type, its content
//!
//! The browser shows the tags. The content is right, and what it is, is not
//! said: the media type decides, not the content.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    match request.head.method {
        Method::GET | Method::HEAD => Response::text(StatusCode::OK, PAGE),
        _ => Response::text(StatusCode::METHOD_NOT_ALLOWED, "This page can only be read.\n")
            .field(ALLOW, HeaderValue::from_static("GET, HEAD")),
    }
}
