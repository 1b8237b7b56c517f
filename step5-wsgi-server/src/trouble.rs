//! An application that misbehaves when it is asked to.
//!
//! Chapter 6
//!
//! *Strategy*: a reader should not only be told that a server survives an
//! application that hangs, dies or forgets to return, but press a button and
//! see it. Each answer says which process gave it. It does what it is told, so
//! it is nothing for a server that strangers can reach.

use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

/// The longest that `/slow` sleeps.
const LONGEST: Duration = Duration::from_secs(60);

const PAGE: &str = "<!DOCTYPE html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Trouble</title>
<h1>Trouble</h1>
<p>This page came from process PROCESS.
<p><a href=\"/\">Ask again</a>: who answers now?
<form method=\"post\" action=\"/slow\"><button>Take two seconds</button></form>
<form method=\"post\" action=\"/fail\"><button>Fail: return an error</button></form>
<form method=\"post\" action=\"/panic\"><button>Panic</button></form>
<form method=\"post\" action=\"/die\"><button>Die: end the process</button></form>
<form method=\"post\" action=\"/hang\"><button>Hang: never return</button></form>
</html>
";

// ANCHOR: application
/// Does what the path says.
///
/// # Errors
/// At `/fail`, and those of `start_response`.
///
/// # Panics
/// At `/panic`.
#[allow(clippy::needless_pass_by_value)] // the form of an application
pub fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let path = environ.get_or_empty("PATH_INFO").to_string();
    match path.as_str() {
        "/slow" => thread::sleep(seconds(&environ.get_or_empty("QUERY_STRING").to_string())),
        "/fail" => return Err("it was asked to fail".into()),
        "/panic" => panic!("it was asked to panic"),
        "/die" => process::abort(),
        "/hang" => loop {
            thread::sleep(LONGEST);
        },
        "/count" => count(environ)?,
        _ => {}
    }
    let page = PAGE.replace("PROCESS", &process::id().to_string());
    start_response("200 OK", &[("Content-Type", "text/html; charset=utf-8")], None)?;
    Ok([page.into_bytes()].into())
}
// ANCHOR_END: application

/// Reads the content to its end.
fn count(mut environ: Environ) -> io::Result<()> {
    io::copy(&mut environ.wsgi.input, &mut io::sink()).map(drop)
}

/// `0.5`; two seconds if nothing is said.
fn seconds(query: &str) -> Duration {
    let wanted = query.parse().ok().and_then(|wanted| Duration::try_from_secs_f64(wanted).ok());
    wanted.unwrap_or(Duration::from_secs(2)).min(LONGEST)
}
