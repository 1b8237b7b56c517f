// The spine that the tests of step 1 run on here: the event loop.

use std::thread;

use step5_wsgi_server::listen::Listener;
use step5_wsgi_server::responder::Handles;
use step5_wsgi_server::server::{Options, Server};
use step5_wsgi_server::shutdown::Stop;

/// Whether all content of a request is read before its handler is called; and
/// whether a stream that goes on after its length ends the connection.
pub(crate) const CONTENT_COMES_FIRST: bool = true;
pub(crate) const TOO_MUCH_CLOSES: bool = true;

/// Serves from the event loop while `test` runs. The server is stopped whether
/// the test returns or panics.
pub(crate) fn serving_with<R>(service: &Service<'_>, test: impl FnOnce(SocketAddr) -> R) -> R {
    let address = "127.0.0.1:0".parse().expect("an address");
    let listener = Listener::bind(&address).expect("a free port");
    let options = Options {
        limits: service.limits.clone(),
        server: service.server.clone(),
        ..Options::default()
    };
    let server = Server::new(listener, Handles(service.handler)).with(options);
    let server = match service.observer {
        Some(observer) => server.observed(observer, service.record),
        None => server,
    };
    let address = server.address().expect("a TCP address");
    let stop = StopWhenDropped(server.stop_handle());
    thread::scope(|scope| {
        let _stop = stop;
        scope.spawn(|| server.serve_forever());
        test(address)
    })
}

struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.stop();
    }
}
