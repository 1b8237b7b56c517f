use step4_wsgi_interface::{Body, Environ, Error, Result, StartResponse};

use crate::{ASK, ask, each_way, until_cut};

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Type", "text/plain")], None)?;
    if environ.get_or_empty("PATH_INFO") == "/good" {
        return Ok(["good"].map(str::as_bytes).into());
    }
    let blocks = [Ok("begun".as_bytes()), Err(Error::from("the disk is on fire"))];
    Ok(Body::iterator(blocks.into_iter()))
}

#[test]
fn the_client_can_tell_and_the_server_goes_on() {
    each_way(application, |address| {
        let seen = until_cut(address, ASK);
        assert!(seen.ends_with("5\r\nbegun\r\n"), "no last chunk: {seen:?}");
        let seen = until_cut(address, "GET / HTTP/1.0\r\n\r\n");
        assert!(!seen.contains("500"), "{seen:?}");
        assert_eq!(ask(address, "GET /good HTTP/1.1\r\nHost: a\r\n\r\n").text(), "good");
    });
}
