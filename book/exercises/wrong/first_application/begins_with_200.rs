//! Wrong: the response is begun before it is known what to say.
//!
//! Breaks PEP 3333, The start_response() Callable: start_response is called once, when it is known what to say
//!
//! This is the article's program. It says 200 first, as one says hello. When it finds out
//! that there is no such page, it begins again, which is refused.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

fn main() {}

/// The menu at `/menu`; nothing else.
fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let length = MENU.len().to_string();
    let headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", &*length)];
    start_response("200 OK", &headers, None)?;
    if environ.get_or_empty("PATH_INFO") != "/menu" {
        start_response("404 Not Found", &[("Content-Type", "text/plain")], None)?;
        return Ok([b"there is only /menu\n"].into());
    }
    Ok([MENU.as_bytes()].into())
}

/// What there is.
const MENU: &str = "thé     3 €\ncafé    2 €\ngâteau  4 €\n";
