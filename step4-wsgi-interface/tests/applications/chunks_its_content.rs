//! Applies a transfer coding, which is the server's.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    let headers = [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")];
    start_response("200 OK", &headers, None)?;
    Ok([b"7\r\ncontent\r\n0\r\n\r\n"].into())
}
