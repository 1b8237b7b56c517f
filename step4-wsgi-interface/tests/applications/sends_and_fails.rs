//! Sends content, fails, and lets the error through.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &TEXT, None)?(b"content, ")?;
    start_response("500 Internal Server Error", &TEXT, Some("the database is gone".into()))?;
    Ok([b"and what should not follow"].into())
}
