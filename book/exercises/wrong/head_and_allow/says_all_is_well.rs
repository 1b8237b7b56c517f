//! Wrong: every method is answered with the page.
//!
//! Breaks RFC 9110 §15.5.6: a method that the server knows and the page does not take: 405
//!
//! The handler never looks at the method. Who has sent DELETE reads 200, and
//! believes that the page is deleted.

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use step1_http_basics::handler::{Request, Response};

const PAGE: &str = "<!DOCTYPE html><title>Tea</title><p>The tea is ready. 茶好了。\n";

fn main() {}

/// Answers a request for the page, which can be read and not be changed.
fn answer(request: &mut Request<'_>) -> Response {
    Response::html(StatusCode::OK, PAGE)
}
