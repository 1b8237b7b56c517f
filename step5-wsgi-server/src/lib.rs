//! Step 5: the server that is worth running. Not built yet.
//!
//! Chapter 6 · PEP 3333
//!
//! This crate will hold an event loop on step 1's pure files, a gateway from
//! requests to applications, worker threads and processes, and Python hosting.
//! Until then its program says so and does nothing else.

/// What the program prints until the step is built.
pub const NOT_YET: &str = "\
step5-wsgi-server is not built yet.

It will serve applications of step 4, and Python's WSGI applications, from an
event loop with workers. Chapter 6 of the book is its place:
book/src/ch06-wsgi-server.md. The steps before it run today:

    cargo run -p step1-http-basics
    cargo run -p step2-static-server
";
