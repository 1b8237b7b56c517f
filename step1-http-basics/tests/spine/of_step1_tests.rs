// The spine that the tests of step 1 run on here: the blocking one.

use std::thread;
use std::time::Duration;

use step1_http_basics::serve::Server;

/// Whether all content of a request is read before its handler is called; and
/// whether a stream that goes on after its length ends the connection.
pub(crate) const CONTENT_COMES_FIRST: bool = false;
pub(crate) const TOO_MUCH_CLOSES: bool = false;

/// Serves one connection after the other while `test` runs. The server is
/// stopped whether the test returns or panics.
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
