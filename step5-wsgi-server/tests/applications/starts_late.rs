//! It calls `start_response` when its first block is asked for, as a generator
//! does in Python.

use step4_wsgi_interface::{Body, Environ, Result, StartResponse};

use crate::{ASK, ask, each_way};

fn application(_: Environ, start_response: StartResponse) -> Result<Body> {
    let mut number = 0;
    Ok(Body::iterator(std::iter::from_fn(move || {
        number += 1;
        match number {
            1 => Some(start_response("201 Created", &[], None).map(|_| b"".as_slice())),
            2 => Some(Ok(b"late".as_slice())),
            _ => None,
        }
    })))
}

#[test]
fn the_head_waits_for_it() {
    each_way(application, |address| {
        let answer = ask(address, ASK);
        assert_eq!((answer.status, answer.text().as_str()), (201, "late"));
        assert_eq!(ask(address, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").status, 201);
    });
}
