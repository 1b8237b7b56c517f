//! Begins, fails in the middle of its content, and hides that it was told to stop.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &TEXT, None)?;
    Ok(Body::iterator((0..3).map(move |block| {
        if block == 1 {
            let _ = start_response("500 Oops", &TEXT, Some("the database is gone".into()));
        }
        Ok(b"content, ")
    })))
}
