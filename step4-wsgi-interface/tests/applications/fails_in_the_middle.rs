//! Fails when its second block is asked for.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &TEXT, None)?;
    let blocks = [Ok(b"the first half, "), Err("the database is gone".into())];
    Ok(Body::iterator(blocks.into_iter()))
}
