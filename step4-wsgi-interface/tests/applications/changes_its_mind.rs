//! Begins well, fails before any content, and says so: nothing is wrong with
//! it.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/html"), ("X-First", "1")], None)?;
    start_response("500 Internal Server Error", &TEXT, Some("the database is gone".into()))?;
    Ok([b"sorry"].into())
}
