use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

use crate::{ASK, ask, each_way, until_cut};

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    start_response("200 OK", &[], None)?;
    match environ.get_or_empty("PATH_INFO").to_string().as_str() {
        "/call" => panic!("in the call"),
        "/block" => {
            let mut number = 0;
            Ok(Body::iterator(std::iter::from_fn(move || {
                number += 1;
                assert!(number < 2, "in the second block");
                Some(Ok(b"begun".as_slice()))
            })))
        }
        "/close" => Ok(Body::from([b"closed".as_slice()]).on_close(|| panic!("in close"))),
        _ => Ok([b"good".as_slice()].into()),
    }
}

#[test]
fn a_panic_costs_one_request() {
    each_way(application, |address| {
        assert_eq!(ask(address, "GET /call HTTP/1.1\r\nHost: a\r\n\r\n").status, 500);
        let seen = until_cut(address, "GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(seen.ends_with("5\r\nbegun\r\n"), "{seen:?}");
        assert_eq!(ask(address, "GET /close HTTP/1.1\r\nHost: a\r\n\r\n").text(), "closed");
        for _ in 0..10 {
            assert_eq!(ask(address, ASK).text(), "good");
        }
    });
}
