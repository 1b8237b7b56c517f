//! Wrong: there is one status for all.
//!
//! Breaks PEP 3333, The start_response() Callable: start_response is called once, when it is known what to say
//!
//! A page that says "not found" with 200 is found: by search engines, by caches, by every
//! program that looks at the status and not at the words.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

fn main() {}

/// The menu at `/menu`; nothing else.
fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let found = environ.get_or_empty("PATH_INFO") == "/menu";
    let content = if found { MENU } else { "404 Not Found\n" };
    let length = content.len().to_string();
    let headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", &*length)];
    start_response("200 OK", &headers, None)?;
    Ok([content.as_bytes()].into())
}

/// What there is.
const MENU: &str = "thé     3 €\ncafé    2 €\ngâteau  4 €\n";
