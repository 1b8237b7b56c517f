//! Returns no content and never begins a response.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, _start_response: StartResponse) -> Result<Body> {
    Ok(Body::empty())
}
