//! Pushes content and returns some more: nothing is wrong with it.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    let write = start_response("200 OK", &TEXT, None)?;
    write(b"pushed, ")?;
    write(b"pushed again, ")?;
    Ok([b"and returned"].into())
}
