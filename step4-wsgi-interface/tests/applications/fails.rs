//! Fails before it begins.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

pub fn application(_environ: Environ, _start_response: StartResponse) -> Result<Body> {
    Err("the database is gone".into())
}
