//! It sets what is the server's to set.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

use crate::{ask, each_way};

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let name = environ.get_or_empty("QUERY_STRING").to_string();
    start_response(
        "200 OK",
        &[(name.as_str(), "x\r\nSet-Cookie: y".split('\r').next().unwrap())],
        None,
    )?;
    Ok([b"hello".as_slice()].into())
}

#[test]
fn fields_of_the_connection_are_refused() {
    each_way(application, |address| {
        for name in ["Connection", "Transfer-Encoding", "Upgrade", "Keep-Alive", "TE", "Trailer"] {
            let answer = ask(address, &format!("GET /?{name} HTTP/1.1\r\nHost: a\r\n\r\n"));
            assert_eq!(answer.status, 500, "{name}");
        }
        assert_eq!(ask(address, "GET /?X-Own HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
    });
}

#[test]
fn a_line_end_in_a_value_is_refused() {
    let application = |_: Environ, start_response: StartResponse| {
        start_response("200 OK", &[("X", "a\r\nSet-Cookie: b")], None)?;
        Ok::<Body, step4_wsgi_interface::Error>(Body::empty())
    };
    each_way(application, |address| {
        let answer = ask(address, crate::ASK);
        assert_eq!((answer.status, answer.field("set-cookie")), (500, None));
    });
}
