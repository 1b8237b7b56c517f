//! Fails when its first block is asked for.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &TEXT, None)?;
    Ok(Body::iterator(std::iter::once(Err::<Vec<u8>, _>("the database is gone".into()))))
}
