//! A handler that takes long learns whether its client is still there.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use http::StatusCode;
use step1_http_basics::handler::{Request, Response};
use step1_http_basics::limits::Limits;
use step1_http_basics::presence::Sight;
use support::client::Client;
use support::server::serving;

const DEADLINE: Duration = Duration::from_secs(20);

/// What a handler sees of its client, after `client` has done something to it,
/// from the first sight that is not [`Sight::Here`] to the last.
fn seen(request: &str, until: Sight, client: impl FnOnce(Client)) -> Vec<Sight> {
    let (sender, receiver) = channel();
    let handler = move |request: &mut Request<'_>| {
        let mut seen = vec![Sight::Here];
        let began = Instant::now();
        while seen.last() != Some(&until) && began.elapsed() < DEADLINE {
            let sight = request.presence.look();
            if seen.last() != Some(&sight) {
                seen.push(sight);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        sender.send(seen).unwrap();
        Response::text(StatusCode::OK, "still here\n")
    };
    serving(&handler, Limits::default(), |address| {
        let mut connection = Client::connect(address);
        connection.send(request);
        client(connection);
        receiver.recv_timeout(DEADLINE).unwrap()
    })
}

#[test]
fn a_client_that_closes_is_gone() {
    let seen = seen("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Sight::Gone, drop);
    assert_eq!(seen.last(), Some(&Sight::Gone));
}

#[test]
fn a_client_that_only_ends_its_side_is_served() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let seen = seen(request, Sight::HalfClosed, |mut client| {
        client.finish();
        // The interim response is read over.
        assert_eq!(client.answer().text(), "still here\n");
    });
    assert_eq!(seen, [Sight::Here, Sight::HalfClosed]);
}

#[test]
fn a_client_of_http_1_0_is_sent_no_interim_response() {
    let seen = seen("GET / HTTP/1.0\r\n\r\n", Sight::HalfClosed, |mut client| {
        client.finish();
        assert_eq!(client.next_of_any_kind("GET").unwrap().status, 200);
    });
    assert_eq!(seen, [Sight::Here, Sight::HalfClosed]);
}
