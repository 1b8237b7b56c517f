//! Begins the response twice, the second time without an error.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &TEXT, None)?;
    start_response("404 Not Found", &TEXT, None)?;
    Ok([b"content"].into())
}
