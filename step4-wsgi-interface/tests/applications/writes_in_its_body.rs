//! Pushes content while it is asked for content.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    let write = start_response("200 OK", &TEXT, None)?;
    let mut done = false;
    Ok(Body::iterator(std::iter::from_fn(move || {
        if std::mem::replace(&mut done, true) {
            return None;
        }
        Some(write(b"pushed, ").map(|()| b"and yielded"))
    })))
}
