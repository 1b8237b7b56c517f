//! What an application is told, as a page; beside it stands
//! `python/environ_page.py`.
//!
//! Chapter 5 · PEP 3333, *environ Variables*

use std::fmt::Write as _;

use crate::applications::html::Text;
use crate::{Body, Environ, Result, StartResponse};

/// The environ as a table, sorted by name.
///
/// # Errors
///
/// Those of `start_response`.
pub fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let mut rows: Vec<_> =
        environ.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let wsgi = &environ.wsgi;
    rows.extend([
        ("wsgi.version".into(), format!("({}, {})", wsgi.version.0, wsgi.version.1)),
        ("wsgi.url_scheme".into(), wsgi.url_scheme.to_string()),
        ("wsgi.multithread".into(), wsgi.multithread.to_string()),
        ("wsgi.multiprocess".into(), wsgi.multiprocess.to_string()),
        ("wsgi.run_once".into(), wsgi.run_once.to_string()),
    ]);
    rows.sort();
    let mut page = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>environ</title>\n\
         <h1>environ</h1>\n<table>\n",
    );
    for (name, value) in &rows {
        writeln!(page, "<tr><th>{}</th><td>{}</td></tr>", Text(name), Text(value))?;
    }
    page.push_str("</table>\n</html>\n");
    start_response("200 OK", &[("Content-Type", "text/html; charset=utf-8")], None)?;
    Ok([page.into_bytes()].into())
}
