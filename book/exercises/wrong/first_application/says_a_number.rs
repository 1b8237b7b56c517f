//! Wrong: the status is a number.
//!
//! Breaks PEP 3333, The start_response() Callable: a status is a code, a space and a phrase
//!
//! `"200"` looks like a status, and some servers take it. A gateway cuts the code off at
//! the space, and puts the rest behind it into the status line.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

fn main() {}

/// The menu at `/menu`; nothing else.
fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    if environ.get_or_empty("PATH_INFO") != "/menu" {
        start_response("404", &[("Content-Type", "text/plain")], None)?;
        return Ok([b"there is only /menu\n"].into());
    }
    let length = MENU.len().to_string();
    let headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", &*length)];
    start_response("200", &headers, None)?;
    Ok([MENU.as_bytes()].into())
}

/// What there is.
const MENU: &str = "thé     3 €\ncafé    2 €\ngâteau  4 €\n";
