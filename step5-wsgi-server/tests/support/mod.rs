//! A server for the length of a test.
#![allow(dead_code, unreachable_pub)] // each test file uses a part

use std::net::SocketAddr;
use std::thread;

use step4_wsgi_interface::Application;
use step5_wsgi_server::server::{Options, make_server};
use step5_wsgi_server::shutdown::Stop;

/// Serves an application while `test` runs. The server is stopped whether the
/// test returns or panics.
pub fn serving<A>(application: A, options: Options, test: impl FnOnce(SocketAddr))
where
    A: Application + Send + Sync,
{
    serving_with_stop(application, options, |address, _| test(address));
}

/// The same, for a test that stops the server itself.
pub fn serving_with_stop<A>(application: A, options: Options, test: impl FnOnce(SocketAddr, Stop))
where
    A: Application + Send + Sync,
{
    let server = make_server("127.0.0.1:0", application).unwrap().with(options);
    let address = server.address().unwrap();
    let handle = server.stop_handle();
    let stop = StopWhenDropped(handle.clone());
    thread::scope(|scope| {
        let _stop = stop;
        scope.spawn(|| server.serve_forever().unwrap());
        test(address, handle);
    });
}

struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.stop();
    }
}
