//! Wrong: the 405 does not say what is allowed.
//!
//! Breaks RFC 9110 §15.5.6: a 405 has the field Allow
//!
//! The status says no, and leaves the client to guess. The standard makes it
//! a must.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    match request.head.method {
        Method::GET | Method::HEAD => Response::html(StatusCode::OK, PAGE),
        _ => Response::text(StatusCode::METHOD_NOT_ALLOWED, "This page can only be read.\n"),
    }
}
