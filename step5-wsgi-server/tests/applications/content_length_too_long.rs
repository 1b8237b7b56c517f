//! It promises less than it gives.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

use crate::{each_way, until_cut};

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let write = start_response("200 OK", &[("Content-Length", "5")], None)?;
    match environ.get_or_empty("QUERY_STRING").to_string().as_str() {
        "one" => Ok([b"hello, world".as_slice()].into()),
        "made" => Ok(Body::iterator(["hello", ", world"].into_iter().map(|b| Ok(b.as_bytes())))),
        _ => {
            write(b"hello")?;
            Ok([b", world".as_slice()].into())
        }
    }
}

#[test]
fn what_was_promised_is_sent_and_no_byte_more() {
    each_way(application, |address| {
        for query in ["one", "made", "written"] {
            let request = format!("GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n");
            let seen = until_cut(address, &request.repeat(2));
            assert!(seen.ends_with("\r\n\r\nhello"), "{query}: {seen:?}");
            assert_eq!(seen.matches("HTTP/1.1").count(), 1, "{query}: nothing follows: {seen:?}");
        }
    });
}
