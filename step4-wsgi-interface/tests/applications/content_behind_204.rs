//! Says that there is no content, and sends some.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("204 No Content", &[("Content-Type", "text/plain")], None)?;
    Ok([b"nothing"].into())
}
