//! What each piece of middleware promises, and what the PEP asks of all.

#![allow(clippy::doc_markdown)] // the PEP's own words
#![allow(clippy::needless_pass_by_value)] // the form of an application

mod applications;
mod support;

use std::io::Read;
use std::sync::{Arc, Mutex};

use applications as apps;
use step4_wsgi_interface::applications::{environ_page, hello};
use step4_wsgi_interface::gateway;
use step4_wsgi_interface::middleware::access_log::AccessLog;
use step4_wsgi_interface::middleware::catch_errors::CatchErrors;
use step4_wsgi_interface::middleware::gzip::Gzip;
use step4_wsgi_interface::middleware::routes::Routes;
use step4_wsgi_interface::run::terminal::Request;
use step4_wsgi_interface::{Application, Body, Environ, Result, StartResponse};
use support::{Sends, call, get};

type Run = fn(Environ, StartResponse) -> Result<Body>;

/// Says where it is mounted and what is left.
fn where_am_i(environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
    let name = environ.get_or_empty("SCRIPT_NAME");
    Ok([format!("{name} + {}", environ.get_or_empty("PATH_INFO")).into_bytes()].into())
}

#[test]
fn a_route_moves_its_prefix_from_path_info_to_script_name() {
    let inner = Routes::new().mount("/b", where_am_i);
    let site =
        Routes::new().mount("/a", inner).mount("/a/x", where_am_i).mount("/a/", hello::application);
    assert_eq!(get(&site, "/a/x/y/z").text(), "/a/x + /y/z", "the longest prefix wins");
    assert_eq!(get(&site, "/a/b/c").text(), "/a/b + /c");
    assert_eq!(get(&site, "/a/x").text(), "/a/x + ", "without a slash nothing is left");
    assert_eq!(get(&site, "/a/xy").status, "404 Not Found", "/xy is not below /x");
    assert_eq!(get(&site, "/").status, "404 Not Found");
    assert_eq!(get(&Routes::new().mount("", where_am_i), "/q").text(), " + /q");
}

#[test]
fn an_error_before_any_content_becomes_a_page() {
    for application in [
        apps::fails::application as Run,
        apps::panics::application,
        apps::fails_at_once_in_its_body::application,
    ] {
        let log = Sends::default();
        let mut environ = Request::get("/").environ();
        environ.wsgi.errors = Box::new(Lines(log.clone()));
        let answer = call(&CatchErrors(application), environ);
        assert_eq!(answer.status, "500 Internal Server Error");
        assert!(answer.text().contains("Something went wrong"));
        assert!(!answer.text().contains("database"), "strangers are not told why");
        assert_eq!(answer.error, None, "the gateway has nothing to do");
        assert!(log.all().concat().contains("the application failed: "), "{:?}", log.all());
    }
}

/// "Applications … must allow such exceptions to propagate back"
#[test]
fn an_error_after_content_goes_on_to_the_gateway() {
    let answer = get(&CatchErrors(apps::fails_in_the_middle::application as Run), "/");
    assert_eq!(answer.text(), "the first half, ");
    assert_eq!(answer.error.as_deref(), Some("the database is gone"));
}

struct Lines(Sends);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.note(String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn each_request_is_written_down_once_at_its_end() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let logged = |application: Run| {
        let log = Arc::clone(&log);
        AccessLog::new(application, move |line| {
            log.lock().expect("one thread").push(line.to_owned());
        })
    };
    get(&logged(hello::application), "/a%0Ab?q=\"1\"");
    get(&logged(apps::writes_and_returns::application), "/");
    get(&logged(apps::fails::application), "/");
    get(&logged(apps::fails_in_the_middle::application), "/");
    assert_eq!(
        *lines.lock().expect("one thread"),
        [
            r#""GET /a\nb?q=\"1\"" 200 24"#,
            r#""GET /" 200 34"#,
            r#""GET /" - 0"#,
            r#""GET /" 200 16"#,
        ]
    );
}

fn unzipped(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).expect("gzip");
    text
}

#[test]
fn text_is_compressed_for_those_who_accept_it() {
    let gzip = Request::get("/").field("Accept-Encoding", "gzip");
    for application in [
        hello::application as Run,
        environ_page::application,
        apps::starts_late::application,
        apps::writes_and_returns::application,
        apps::yields_empty_blocks::application,
    ] {
        let plain = call(&application, gzip.environ());
        let answer = call(&Gzip(application), gzip.environ());
        assert_eq!(answer.error, None);
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
        assert_eq!(unzipped(&answer.content), plain.text());
        if let Some(length) = answer.header("content-length") {
            assert_eq!(length, answer.content.len().to_string(), "never the length before");
        }
        let untouched = get(&Gzip(application), "/");
        assert_eq!(untouched.content, get(&application, "/").content);
        assert_eq!(untouched.header("vary"), Some("Accept-Encoding"), "others get it otherwise");
    }
}

/// A stream of gzip without its end is taken for one that was cut.
#[test]
fn what_is_written_has_an_end_though_nothing_is_returned() {
    let writes = |_: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &[("Content-Type", "text/plain")], None)?(b"all of it")?;
        Ok(Body::empty())
    };
    let request = Request::get("/").field("Accept-Encoding", "gzip");
    assert_eq!(unzipped(&call(&Gzip(writes), request.environ()).content), "all of it");
    let empty = |_: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &[("Content-Type", "text/plain")], None).map(|_| Body::empty())
    };
    assert_eq!(call(&Gzip(empty), request.environ()).content, b"");
}

#[test]
fn what_is_compressed_is_no_longer_equal_byte_for_byte() {
    let tagged = |_: Environ, start_response: StartResponse| -> Result<Body> {
        let headers = [("Content-Type", "text/css"), ("ETag", "\"1\""), ("Content-Length", "1")];
        start_response("200 OK", &headers, None)?;
        Ok([b"a"].into())
    };
    let request = Request::get("/").field("Accept-Encoding", "gzip");
    assert_eq!(call(&Gzip(tagged), request.environ()).header("etag"), Some("W/\"1\""));
    assert_eq!(get(&Gzip(tagged), "/").header("etag"), Some("\"1\""));
}

/// "WSGI … middleware must not delay the transmission of any block"
#[test]
fn a_compressed_block_holds_nothing_back() {
    let request = Request::get("/").field("Accept-Encoding", "gzip");
    let start = gateway::Call::new(gateway::Memory::default()).start_response();
    let mut body =
        Gzip(apps::starts_late::application as Run).call(request.environ(), start).expect("a body");
    let first = body.next().expect("a block").expect("compressed");
    let mut decoder = flate2::write::GzDecoder::new(Vec::new());
    std::io::Write::write_all(&mut decoder, &first).expect("gzip");
    std::io::Write::flush(&mut decoder).expect("gzip");
    assert_eq!(decoder.get_ref(), b"hello, ", "the first block can be read whole");
}

/// "a middleware component must yield at least one value each time its
/// underlying application yields a value"
#[test]
fn middleware_yields_whenever_its_application_does() {
    let wrappers: Vec<fn(Run) -> Box<dyn Application + Send + Sync>> = vec![
        |application| Box::new(CatchErrors(application)),
        |application| Box::new(AccessLog::new(application, |_| {})),
        |application| Box::new(Gzip(application)),
        |application| Box::new(Routes::new().mount("", application)),
    ];
    for wrap in wrappers {
        let request = Request::get("/").field("Accept-Encoding", "gzip");
        let start = gateway::Call::new(gateway::Memory::default()).start_response();
        let wrapped = wrap(apps::yields_empty_blocks::application);
        let body = wrapped.call(request.environ(), start).expect("a body");
        assert!(body.count() >= 5, "five blocks, some of them empty");
    }
}

/// "Servers and gateways may … use sendfile": they can only if it is still a file.
#[test]
fn a_file_stays_a_file_through_all_middleware() {
    use step4_wsgi_interface::body::Kind;
    let picture = |_: Environ, start_response: StartResponse| -> Result<Body> {
        start_response("200 OK", &[("Content-Type", "image/png")], None)?;
        Ok(Body::file(tempfile::tempfile()?.into(), 1024))
    };
    let stack = CatchErrors(AccessLog::new(Gzip(Routes::new().mount("", picture)), |_| {}));
    let request = Request::get("/").field("Accept-Encoding", "gzip");
    let start = gateway::Call::new(gateway::Memory::default()).start_response();
    let body = stack.call(request.environ(), start).expect("a body");
    assert!(matches!(body.kind, Kind::File(_)), "{body:?}");
}

/// What has begun compressed goes on so, also when a new beginning comes too late.
#[test]
fn a_beginning_that_comes_too_late_changes_no_encoding() {
    let changes_its_mind_too_late = |_: Environ, start_response: StartResponse| -> Result<Body> {
        let write = start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
        write(b"first, ")?;
        let plain = [("Content-Type", "image/png")];
        assert!(start_response("500 Oops", &plain, Some("gone".into())).is_err());
        write(b"second")?;
        Ok(Body::empty())
    };
    let request = Request::get("/").field("Accept-Encoding", "gzip");
    let answer = call(&Gzip(changes_its_mind_too_late), request.environ());
    let mut decoder = flate2::write::GzDecoder::new(Vec::new());
    std::io::Write::write_all(&mut decoder, &answer.content).expect("gzip to the last byte");
    std::io::Write::flush(&mut decoder).expect("gzip");
    assert_eq!(decoder.get_ref(), b"first, second");
}
