//! Wrong: Allow lists every method that the author has heard of.
//!
//! Breaks RFC 9110 §10.2.1: Allow lists what this page takes, all of it and nothing else
//!
//! Copied from a tutorial on OPTIONS. A client that believes the list sends
//! DELETE again, and gets 405 again.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    match request.head.method {
        Method::GET | Method::HEAD => Response::html(StatusCode::OK, PAGE),
        _ => Response::text(StatusCode::METHOD_NOT_ALLOWED, "This page can only be read.\n")
            .field(ALLOW, HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE")),
    }
}
