//! It pushes its content with `write()`, as old programs do.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use step4_wsgi_interface::{Body, Environ, Error, Result, StartResponse};

use crate::client::Client;
use crate::{ask, each_way};

fn application(environ: Environ, start_response: StartResponse) -> Result<Body> {
    let length = environ.get_or_empty("QUERY_STRING").to_string();
    let headers: &[_] =
        if length.is_empty() { &[] } else { &[("Content-Length", length.as_str())] };
    let write = start_response("200 OK", headers, None)?;
    write(b"first, ")?;
    write(b"second, ")?;
    Ok([b"third".as_slice()].into())
}

#[test]
fn what_is_written_comes_before_what_is_returned() {
    each_way(application, |address| {
        let mut client = Client::connect(address);
        for request in ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /?20 HTTP/1.1\r\nHost: a\r\n\r\n"]
        {
            client.send(request);
            assert_eq!(client.answer().text(), "first, second, third");
        }
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.answer_to("HEAD");
        let old = ask(address, "GET / HTTP/1.0\r\n\r\n");
        assert_eq!(old.text(), "first, second, third");
    });
}

#[test]
fn what_is_written_is_on_its_way_while_the_application_still_runs() {
    let (go_on, waits) = mpsc::channel::<()>();
    let waits = Arc::new(Mutex::new(waits));
    let application = move |_: Environ, start_response: StartResponse| {
        let write = start_response("200 OK", &[], None)?;
        write(b"begun")?;
        waits.lock().unwrap().recv_timeout(Duration::from_secs(20))?;
        Ok::<Body, Error>([b", done".as_slice()].into())
    };
    each_way(application, |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(client.hears_within(Duration::from_secs(20)), "nothing before the end");
        go_on.send(()).unwrap();
        assert_eq!(client.answer().text(), "begun, done");
    });
}

#[test]
fn more_than_the_socket_takes_is_kept_for_a_slow_reader() {
    const MUCH: usize = 20_000_000;
    let application = |_: Environ, start_response: StartResponse| {
        let write = start_response("200 OK", &[], None)?;
        for _ in 0..20 {
            write(&vec![b'x'; MUCH / 20])?;
        }
        Ok::<Body, Error>([b"!".as_slice()].into())
    };
    each_way(application, |address| {
        let mut client = Client::connect(address);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.hears_within(Duration::from_millis(300));
        let content = client.answer().content;
        assert_eq!((content.len(), content.last()), (MUCH + 1, Some(&b'!')));
    });
}
