//! It promises more than it gives.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

use crate::{ask, each_way, until_cut};

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[("Content-Length", "50")], None)?;
    match environ.get_or_empty("QUERY_STRING").to_string().as_str() {
        "none" => Ok(Body::empty()),
        "one" => Ok([b"hello".as_slice()].into()),
        _ => Ok(Body::iterator(["hel", "lo"].into_iter().map(|b| Ok(b.as_bytes())))),
    }
}

#[test]
fn a_clean_500_while_it_is_possible_and_a_cut_after() {
    each_way(application, |address| {
        for query in ["none", "one"] {
            let answer = ask(address, &format!("GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n"));
            assert_eq!(answer.status, 500, "{query}");
        }
        let request = "GET /?made HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2);
        let seen = until_cut(address, &request);
        assert!(seen.ends_with("hello"), "{seen:?}");
        assert_eq!(seen.matches("HTTP/1.1").count(), 1, "nothing follows: {seen:?}");
    });
}

/// The length in an answer to HEAD is that of the answer to GET, whatever the
/// application returns besides.
#[test]
fn head_promises_nothing() {
    each_way(application, |address| {
        for query in ["none", "one", "made"] {
            let answer = ask(address, &format!("HEAD /?{query} HTTP/1.1\r\nHost: a\r\n\r\n"));
            let seen = (answer.status, answer.field("content-length"));
            assert_eq!(seen, (200, Some("50")), "{query}");
        }
    });
}
