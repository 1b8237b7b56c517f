//! Speaks about the connection, which is the server's.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response(
        "200 OK",
        &[("Content-Type", "text/plain"), ("Connection", "keep-alive")],
        None,
    )?;
    Ok([b"content"].into())
}
