//! Has a header that no byte can stand for.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain"), ("X-Drink", "咖啡")], None)?;
    Ok([b"content"].into())
}
