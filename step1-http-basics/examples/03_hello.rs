//! The smallest server: a handler, and the loop of step 1 around it.
//!
//! Chapter 2 · RFC 9110 §3

use std::time::Duration;

use http::StatusCode;
use step1_http_basics::cli;
use step1_http_basics::connection::Service;
use step1_http_basics::handler::{Request, Response};
use step1_http_basics::limits::Limits;
use step1_http_basics::serve::Server;

// ANCHOR: hello
/// Says hello, whatever was asked for.
fn hello(request: &mut Request<'_>) -> Response {
    Response::text(StatusCode::OK, format!("hello, {}\n", request.head.target.path()))
}
// ANCHOR_END: hello

// ANCHOR: main
fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    let server = Server::bind(address.as_str(), 1, Duration::from_secs(1))?;
    let service = Service::new(&hello, Limits::default());
    cli::announce("03_hello", "saying hello", &server)?;
    server.until_signal(|| server.serve(&service))
}
// ANCHOR_END: main
