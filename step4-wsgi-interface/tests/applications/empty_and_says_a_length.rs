//! Has no content, and a length.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain"), ("Content-Length", "9")], None)?;
    Ok(Body::empty())
}
