//! Puts what it was asked into a header, line ends too: a second header, or a
//! second response, of the client's making.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

// ANCHOR: application
pub fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let next = environ.get_or_empty("QUERY_STRING").to_string().replace("%0D%0A", "\r\n");
    start_response("302 Found", &[("Content-Type", "text/plain"), ("Location", &next)], None)?;
    Ok([b"content"].into())
}
// ANCHOR_END: application
