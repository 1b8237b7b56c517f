//! Has a header name that ends in a colon.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type:", "text/plain")], None)?;
    Ok([b"content"].into())
}
