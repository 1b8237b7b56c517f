//! Step 4: the contract between server and application. Not built yet.
//!
//! Chapter 5 · PEP 3333
//!
//! This crate will hold `Application`, `Environ`, `start_response` and the body
//! iterator in Rust, a validator, middleware, and applications: no sockets.
//! Until then its program says so and does nothing else.

/// What the program prints until the step is built.
pub const NOT_YET: &str = "\
step4-wsgi-interface is not built yet.

It will render the WSGI interface of PEP 3333 in Rust: an application is a
function, and anything can call it. Chapter 5 of the book is its place:
book/src/ch05-wsgi-interface.md. The steps before it run today:

    cargo run -p step1-http-basics
    cargo run -p step2-static-server
";
