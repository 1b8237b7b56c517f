//! The smallest application; beside it stands `python/hello.py`.

use crate::{Body, Environ, Result, StartResponse};

// ANCHOR: application
/// Says hello to everybody, whatever they ask for.
///
/// # Errors
///
/// Those of `start_response`.
pub fn application(_environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/html")], None)?;
    Ok([b"<h1>Hello, Michael!</h1>"].into())
}
// ANCHOR_END: application
