//! Has more content than its length.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain"), ("Content-Length", "5")], None)?;
    Ok([b"four", b"more"].into())
}
