//! A server for the length of a test.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use http::StatusCode;
use step1_http_basics::connection::Service;
use step1_http_basics::handler::{Handler, Request, Response};
use step1_http_basics::limits::Limits;
use step1_http_basics::serve::Server;

/// Serves on a free port of this machine while `test` runs. The server is
/// stopped whether the test returns or panics.
pub(crate) fn serving<R>(
    handler: &dyn Handler,
    limits: Limits,
    test: impl FnOnce(SocketAddr) -> R,
) -> R {
    serving_with(&Service::new(handler, limits), test)
}

/// [`serving`], for a service with an observer.
pub(crate) fn serving_with<R>(service: &Service<'_>, test: impl FnOnce(SocketAddr) -> R) -> R {
    let server = Server::bind("127.0.0.1:0", 8, Duration::from_secs(5)).expect("a free port");
    thread::scope(|scope| {
        let _stop = StopWhenDropped(&server);
        scope.spawn(|| server.serve(service));
        test(server.address())
    })
}

struct StopWhenDropped<'s>(&'s Server);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

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
