//! Wrong: a path is compared by its beginning.
//!
//! Breaks PEP 3333, environ Variables: PATH_INFO is the whole path within the application
//!
//! `starts_with` finds `/menu/` and `/menus` too. They are other paths, and nothing is
//! there.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

fn main() {}

/// The menu at `/menu`; nothing else.
fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    if !environ.get_or_empty("PATH_INFO").to_string().starts_with("/menu") {
        start_response("404 Not Found", &[("Content-Type", "text/plain")], None)?;
        return Ok([b"there is only /menu\n"].into());
    }
    let length = MENU.len().to_string();
    let headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", &*length)];
    start_response("200 OK", &headers, None)?;
    Ok([MENU.as_bytes()].into())
}

/// What there is.
const MENU: &str = "thé     3 €\ncafé    2 €\ngâteau  4 €\n";
