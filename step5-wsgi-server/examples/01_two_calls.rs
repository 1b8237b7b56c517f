//! An application and its server: two calls, as in Python's `wsgiref`.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};
use step5_wsgi_server::server::make_server;

#[allow(clippy::needless_pass_by_value)] // the form of an application
fn hello(environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain; charset=utf-8")], None)?;
    Ok([format!("You asked for {}\n", environ.get_or_empty("PATH_INFO")).into_bytes()].into())
}

// ANCHOR: main
fn main() -> std::io::Result<()> {
    make_server("127.0.0.1:8000", hello)?.serve_forever()
}
// ANCHOR_END: main
