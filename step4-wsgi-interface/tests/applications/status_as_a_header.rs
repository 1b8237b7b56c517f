//! Gives its status as CGI programs do.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain"), ("Status", "404 Not Found")], None)?;
    Ok([b"content"].into())
}
