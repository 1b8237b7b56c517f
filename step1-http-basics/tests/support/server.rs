//! A server for the length of a test.

use std::net::SocketAddr;

use http::StatusCode;
use step1_http_basics::connection::Service;
use step1_http_basics::handler::{Handler, Request, Response};
use step1_http_basics::limits::Limits;

/// Serves on a free port of this machine while `test` runs. The server is
/// stopped whether the test returns or panics.
pub(crate) fn serving<R>(
    handler: &dyn Handler,
    limits: Limits,
    test: impl FnOnce(SocketAddr) -> R,
) -> R {
    serving_with(&Service::new(handler, limits), test)
}

// `serving_with`, which is [`serving`] for a service with an observer: a step
// with a spine of its own runs these tests too, on that one.
include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spine/of_step1_tests.rs"));

/// Answers with method, path and content.
pub(crate) fn echo(request: &mut Request<'_>) -> Response {
    let mut content = String::new();
    match request.content.read_to_string(&mut content) {
        Ok(_) => {
            let path = request.head.target.path();
            Response::text(StatusCode::OK, format!("{} {path} {content}", request.head.method))
        }
        // The spine answers what is wrong with the content itself.
        Err(_) => Response::new(StatusCode::IM_A_TEAPOT),
    }
}

/// Answers without looking at the content.
pub(crate) fn ignore(_: &mut Request<'_>) -> Response {
    Response::text(StatusCode::OK, "I did not read it\n")
}
