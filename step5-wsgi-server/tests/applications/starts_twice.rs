use step4_wsgi_interface::{Body, Environ, Error, Result, StartResponse};

use crate::{ask, each_way, until_cut};

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let write = start_response("200 OK", &[("X-First", "1")], None)?;
    let query = environ.get_or_empty("QUERY_STRING").to_string();
    if query == "late" {
        write(b"sent")?;
    }
    let exc_info = (query != "plainly").then(|| Error::from("a later thought"));
    start_response("503 Sorry", &[("X-Second", "2")], exc_info)?;
    Ok([b"sorry".as_slice()].into())
}

#[test]
fn with_exc_info_the_first_is_replaced_whole() {
    each_way(application, |address| {
        let answer = ask(address, "GET /?with HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!((answer.status, answer.text().as_str()), (503, "sorry"));
        assert_eq!((answer.field("x-first"), answer.field("x-second")), (None, Some("2")));
    });
}

#[test]
fn without_it_or_too_late_it_is_an_error() {
    each_way(application, |address| {
        assert_eq!(ask(address, "GET /?plainly HTTP/1.1\r\nHost: a\r\n\r\n").status, 500);
        let seen = until_cut(address, "GET /?late HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(!seen.contains("sorry"), "{seen:?}");
    });
}
