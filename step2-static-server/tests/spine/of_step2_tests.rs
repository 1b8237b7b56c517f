// The spine that the tests of step 2 run on here: a thread for each connection.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use step1_http_basics::connection::Service;
pub use step1_http_basics::serve::Server;
use step2_static_server::dispatch;

/// Whether all content of a request is read before its handler is called.
pub const CONTENT_COMES_FIRST: bool = false;

/// Serves `files` while `test` runs.
pub fn run(files: &StaticFiles, capacity: usize, limits: Limits, test: impl FnOnce(&Server)) {
    let service = Service::new(files, limits);
    let server = Server::bind("127.0.0.1:0", capacity, Duration::from_secs(5)).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| dispatch::thread_per_connection(&server, &service));
        let result = catch_unwind(AssertUnwindSafe(|| test(&server)));
        server.stop();
        result.unwrap_or_else(|panic| resume_unwind(panic));
    });
}
