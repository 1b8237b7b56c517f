//! Wrong: the content is returned, and nothing else.
//!
//! Breaks PEP 3333, Specification Details: start_response is called before the content
//!
//! In many frameworks that is enough: 200 is meant if nothing else is said. Here nobody
//! says it in your place.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

fn main() {}

/// The menu at `/menu`; nothing else.
fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    if environ.get_or_empty("PATH_INFO") != "/menu" {
        return Ok([b"there is only /menu\n"].into());
    }
    Ok([MENU.as_bytes()].into())
}

/// What there is.
const MENU: &str = "thé     3 €\ncafé    2 €\ngâteau  4 €\n";
