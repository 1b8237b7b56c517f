//! Wrong: HEAD gets a response without content.
//!
//! Breaks RFC 9110 §9.3.2: the answer to HEAD has the fields of the answer to GET
//!
//! It has no content, so why make any? Because the length of what is not sent
//! is one of the fields, and the type another. This one says that the page
//! has no type and zero bytes.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    match request.head.method {
        Method::GET => Response::html(StatusCode::OK, PAGE),
        Method::HEAD => Response::new(StatusCode::OK),
        _ => Response::text(StatusCode::METHOD_NOT_ALLOWED, "This page can only be read.\n")
            .field(ALLOW, HeaderValue::from_static("GET, HEAD")),
    }
}
