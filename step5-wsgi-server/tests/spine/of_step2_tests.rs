// The spine that the tests of step 2 run on here: the event loop.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use step5_wsgi_server::shutdown::Stop;

/// A running server, as these tests want to know it.
pub struct Server {
    address: SocketAddr,
    stop: Stop,
}

impl Server {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn stop(&self) {
        self.stop.stop();
    }
}

/// Whether all content of a request is read before its handler is called.
pub const CONTENT_COMES_FIRST: bool = true;

/// Serves `files` while `test` runs.
pub fn run(files: &StaticFiles, capacity: usize, limits: Limits, test: impl FnOnce(&Server)) {
    use step5_wsgi_server::server::{self, Options as ServerOptions};

    let address = "127.0.0.1:0".parse().unwrap();
    let options = ServerOptions { connections: capacity, limits, ..ServerOptions::default() };
    let server = server::Server::for_handler(&address, files).unwrap().with(options);
    let running = Server { address: server.address().unwrap(), stop: server.stop_handle() };
    thread::scope(|scope| {
        scope.spawn(|| server.serve_forever());
        let result = catch_unwind(AssertUnwindSafe(|| test(&running)));
        running.stop();
        result.unwrap_or_else(|panic| resume_unwind(panic));
    });
}
