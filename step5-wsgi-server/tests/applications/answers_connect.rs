//! It says that there is a tunnel, which nobody has dug.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

use crate::{ask, each_way};

fn application(_: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 Connection established", &[], None)?;
    Ok(Body::empty())
}

/// RFC 9110 §9.3.6
#[test]
fn a_tunnel_is_not_promised_nor_its_phrase_kept() {
    each_way(application, |address| {
        let answer = ask(address, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");
        assert!(answer.head.starts_with("HTTP/1.1 501 Not Implemented\r\n"), "{}", answer.head);
    });
}
