use step4_wsgi_interface::{Body, Environ, Error, Result, StartResponse};

use crate::{ask, each_way};

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    if environ.get_or_empty("QUERY_STRING") == "early" {
        return Err("no".into());
    }
    start_response("200 OK", &[("Content-Length", "1"), ("X-Secret", "1")], None)?;
    if environ.get_or_empty("QUERY_STRING") == "begun" {
        return Err("no".into());
    }
    let blocks = [Ok(b"".as_slice()), Err(Error::from("no"))];
    Ok(Body::iterator(blocks.into_iter()))
}

#[test]
fn a_clean_500_that_says_nothing_of_the_inside() {
    each_way(application, |address| {
        for query in ["early", "begun", "made"] {
            let answer = ask(address, &format!("GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n"));
            assert_eq!(answer.status, 500, "{query}");
            assert_eq!(answer.text(), "500 Internal Server Error\n");
            assert_eq!(answer.field("x-secret"), None);
        }
    });
}
