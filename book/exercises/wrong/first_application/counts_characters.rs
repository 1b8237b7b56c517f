//! Wrong: the length is that of the text.
//!
//! Breaks PEP 3333, Handling the Content-Length Header: Content-Length is the number of bytes of the content
//!
//! `chars().count()` is what a reader would count. On the way there are bytes: the menu
//! has more of them than characters, and its end is cut off.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

fn main() {}

/// The menu at `/menu`; nothing else.
fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    if environ.get_or_empty("PATH_INFO") != "/menu" {
        start_response("404 Not Found", &[("Content-Type", "text/plain")], None)?;
        return Ok([b"there is only /menu\n"].into());
    }
    let length = MENU.chars().count().to_string();
    let headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", &*length)];
    start_response("200 OK", &headers, None)?;
    Ok([MENU.as_bytes()].into())
}

/// What there is.
const MENU: &str = "thé     3 €\ncafé    2 €\ngâteau  4 €\n";
