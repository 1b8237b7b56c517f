//! Wrong: HEAD falls to the methods that are not allowed.
//!
//! Breaks RFC 9110 §9.1: a general-purpose server supports GET and HEAD, both
//!
//! A browser sends GET, so nobody notices. Link checkers, caches and monitors
//! send HEAD.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    match request.head.method {
        Method::GET => Response::html(StatusCode::OK, PAGE),
        _ => Response::text(StatusCode::METHOD_NOT_ALLOWED, "This page can only be read.\n")
            .field(ALLOW, HeaderValue::from_static("GET")),
    }
}
