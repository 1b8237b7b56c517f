//! Step 3: programs answer requests. Not built yet.
//!
//! Chapter 4 · RFC 3875
//!
//! This crate will hold the CGI meta-variables, a handler that runs a process
//! for each request, and a FastCGI client and responder that keep the process.
//! Until then its program says so and does nothing else.

/// What the program prints until the step is built.
pub const NOT_YET: &str = "\
step3-cgi is not built yet.

It will run programs as handlers: CGI (RFC 3875), a process for each request,
then FastCGI, which keeps the process. Chapter 4 of the book is its place:
book/src/ch04-cgi.md. The steps before it run today:

    cargo run -p step1-http-basics
    cargo run -p step2-static-server
";
