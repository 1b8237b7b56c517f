//! Wrong: HEAD gets the type of the page, and an empty content.
//!
//! Breaks RFC 9110 §8.6: with HEAD, Content-Length is what GET would send, and never 0 instead
//!
//! The type is right now, the length is still that of nothing. A download
//! manager that asks with HEAD first has nothing to do.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    match request.head.method {
        Method::GET => Response::html(StatusCode::OK, PAGE),
        Method::HEAD => Response::html(StatusCode::OK, ""),
        _ => Response::text(StatusCode::METHOD_NOT_ALLOWED, "This page can only be read.\n")
            .field(ALLOW, HeaderValue::from_static("GET, HEAD")),
    }
}
