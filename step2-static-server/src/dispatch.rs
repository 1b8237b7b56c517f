//! Who runs a connection: a thread of its own.
//!
//! Chapter 3
//!
//! *Strategy*: the accept loop hands out each connection and goes on at once,
//! so a slow client keeps nobody waiting but itself. A thread is not free, so
//! their number is bounded by the register of open connections: when it is
//! full, the connection that has waited longest for a request makes room, and
//! so it does when the system has no thread left. The threads are scoped: when
//! this function returns, none is left.

use std::sync::Arc;
use std::thread;

use step1_http_basics::connection::{Service, serve_connection, turn_away};
use step1_http_basics::open_connections::{Activity, OpenConnection};
use step1_http_basics::serve::Server;

/// So many connections may make room for one that gets no thread.
const TRIES: u32 = 5;

// ANCHOR: thread_per_connection
/// Serves each connection on a thread of its own, until the server is stopped
/// and the last of them is done.
pub fn thread_per_connection(server: &Server, service: &Service<'_>) {
    thread::scope(|scope| {
        server.accept_each(|connection| {
            let connection = Arc::new(connection);
            let spawn = || {
                let own = Arc::clone(&connection);
                let thread = thread::Builder::new().name("connection".to_owned());
                thread.spawn_scoped(scope, move || serve_connection(&own, service))
            };
            let mut spawned = spawn();
            for _ in 0..TRIES {
                if spawned.is_err() {
                    make_room(server, &connection);
                    spawned = spawn();
                }
            }
            if let Err(error) = spawned {
                log::warn!("no thread for another connection: {error}");
                turn_away(&connection, service);
            }
        });
    });
}
// ANCHOR_END: thread_per_connection

/// Lets another connection make room for this one, as in a full server: a silent
/// client must not hold the last thread.
fn make_room(server: &Server, new: &OpenConnection<'_>) {
    // It is not the new one that has waited too long.
    new.does(Activity::Answers);
    server.open_connections().make_room();
    new.does(Activity::AwaitsHead);
}
