//! It must be told when its response is over: `close()` is called once, however
//! the request went.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use step4_wsgi_interface::{Body, Environ, Error, Result, StartResponse};

use crate::client::Client;
use crate::{each_way, until_cut};

fn counting(
    closed: &Arc<AtomicUsize>,
) -> impl Fn(Environ, StartResponse) -> Result<Body> + Clone + Send + Sync {
    let closed = Arc::clone(closed);
    move |environ: Environ, start_response: StartResponse| {
        start_response("200 OK", &[], None)?;
        let body: Body = match environ.get_or_empty("PATH_INFO").to_string().as_str() {
            "/one" => [b"one".as_slice()].into(),
            "/endless" => Body::iterator(std::iter::repeat_with(|| Ok(vec![b'x'; 10_000]))),
            "/error" => Body::iterator([Ok(b"x".as_slice()), Err(Error::from("no"))].into_iter()),
            _ => Body::empty(),
        };
        let closed = Arc::clone(&closed);
        Ok(body.on_close(move || {
            closed.fetch_add(1, Ordering::SeqCst);
        }))
    }
}

#[track_caller]
fn wait_for(closed: &AtomicUsize, count: usize) {
    let began = Instant::now();
    while closed.load(Ordering::SeqCst) < count {
        assert!(began.elapsed() < Duration::from_secs(30), "not closed");
        std::thread::yield_now();
    }
    assert_eq!(closed.load(Ordering::SeqCst), count);
}

#[test]
fn it_is_closed_once_after_success_failure_and_the_clients_leaving() {
    let closed = Arc::new(AtomicUsize::new(0));
    each_way(counting(&closed), |address| {
        let mut count = closed.load(Ordering::SeqCst);
        for path in ["/one", "/none", "/error"] {
            for method in ["GET", "HEAD"] {
                until_cut(
                    address,
                    &format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
                );
                count += 1;
                wait_for(&closed, count);
            }
        }
        let mut client = Client::connect(address);
        client.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(client.hears_within(Duration::from_secs(20)));
        drop(client);
        wait_for(&closed, count + 1);
    });
}
