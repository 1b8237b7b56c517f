//! Panics when its second block is asked for.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &TEXT, None)?;
    Ok(Body::iterator((0..2).map(|number| {
        assert!(number == 0, "index out of bounds, say");
        Ok(b"the first half, ")
    })))
}
