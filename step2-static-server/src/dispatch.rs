//! Who runs a connection: a thread of its own.
//!
//! Chapter 3
//!
//! *Strategy*: the accept loop hands out each connection and goes on at once,
//! so a slow client keeps nobody waiting but itself. A thread is not free, so
//! their number is bounded by the register of open connections: when it is
//! full, the connection that has waited longest for a request makes room. The
//! threads are scoped: when this function returns, none is left.

use std::io;
use std::sync::Arc;
use std::thread;

use step1_http_basics::connection::{Service, serve_connection, turn_away};
use step1_http_basics::serve::Server;

// ANCHOR: thread_per_connection
/// Serves each connection on a thread of its own, until the server is stopped
/// and the last of them is done.
pub fn thread_per_connection(server: &Server, service: &Service<'_>) {
    thread::scope(|scope| {
        server.accept_each(|connection| {
            let connection = Arc::new(connection);
            let own = Arc::clone(&connection);
            let thread = thread::Builder::new().name("connection".to_owned());
            let spawned: io::Result<_> =
                thread.spawn_scoped(scope, move || serve_connection(&own, service));
            if let Err(error) = spawned {
                log::warn!("no thread for another connection: {error}");
                turn_away(&connection, service);
            }
        });
    });
}
// ANCHOR_END: thread_per_connection
