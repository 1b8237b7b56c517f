//! Pushes more content than its length.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    let headers = [("Content-Type", "text/plain"), ("Content-Length", "5")];
    let write = start_response("200 OK", &headers, None)?;
    write(b"four")?;
    write(b"more")?;
    Ok(Body::empty())
}
