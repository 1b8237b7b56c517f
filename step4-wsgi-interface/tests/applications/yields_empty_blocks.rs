//! Yields empty blocks before and between: nothing is wrong with it.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &TEXT, None)?;
    let blocks = ["", "a", "", "b", ""];
    Ok(Body::iterator(blocks.into_iter().map(|block| Ok(block.as_bytes()))))
}
