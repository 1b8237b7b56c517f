//! The responses of the corpus, over the client: what it makes of them does not
//! depend on how they are cut into packets.

mod support;

use http::{HeaderMap, Method};
use step1_http_basics::client::{self, ClientError, Event, Fault, Request, Settings, Url};
use step1_http_basics::framing::Framing;
use step1_http_basics::parse::ResponseHead;
use support::corpus::{self, InvalidResponse, Message, ValidResponse};
use support::responder::answering;
use support::words::{Response, fields, keyword};

/// How a response is cut into packets.
const CUTS: [&str; 3] = ["whole", "byte by byte", "inside line ends"];

fn pieces<'b>(bytes: &'b [u8], cut: &str) -> Vec<&'b [u8]> {
    match cut {
        "whole" => vec![bytes],
        // A byte a packet is slow for the few messages that are there for a limit.
        "byte by byte" => bytes.chunks(1.max(bytes.len() / 1_000)).collect(),
        _ => bytes.split_inclusive(|&byte| byte == b'\r').collect(),
    }
}

/// What a client that sends `method` makes of these bytes.
fn ask(method: &str, bytes: &[u8], cut: &str) -> Result<Response, ClientError> {
    answering(pieces(bytes, cut).into_iter(), |address| {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let url = Url::parse(&format!("http://{address}/")).expect("a URL");
        let request = Request::new(method, url).expect("a request");
        let (mut interim, mut content) = (Vec::new(), Vec::new());
        let (mut end, mut trailers) = (Framing::None, HeaderMap::new());
        let head = client::exchange(&request, &Settings::default(), &mut |event, _| {
            match event {
                Event::Head { head, .. } if head.status.is_informational() => {
                    let ResponseHead { status, reason, fields: seen, .. } = head;
                    interim.push((status.as_u16(), reason.clone(), fields(seen)));
                }
                Event::Content(piece) => content.extend_from_slice(piece),
                Event::Received { framing, trailers: seen, .. } => {
                    (end, trailers) = (framing, seen.clone());
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(Response::new(&head, interim, end, &content, &trailers))
    })
}

#[test]
fn valid_responses_are_understood() {
    let mut messages = 0;
    for Message { name, bytes, expected } in corpus::load::<ValidResponse>("responses/valid") {
        // A tunnel is a proxy's business: this client does not ask for one.
        if expected.request_method == "CONNECT" {
            continue;
        }
        messages += 1;
        for cut in CUTS {
            match ask(&expected.request_method, &bytes, cut) {
                Ok(response) => {
                    assert_eq!(response, Response::expected(&expected), "{name}, {cut}");
                }
                Err(error) => panic!("{name}, {cut}: {error}"),
            }
        }
    }
    println!(
        "valid responses over the client: {messages} messages, {} runs",
        messages * CUTS.len()
    );
    assert!(messages >= 30, "only {messages} messages");
}

#[test]
fn invalid_responses_are_not_believed() {
    let mut messages = 0;
    for Message { name, bytes, expected } in corpus::load::<InvalidResponse>("responses/invalid") {
        messages += 1;
        for cut in CUTS {
            let seen = match ask(&expected.request_method, &bytes, cut) {
                Ok(response) => panic!("{name}, {cut}: {response:?}"),
                Err(error) => kind(&error.fault),
            };
            assert_eq!(seen, expected.error, "{name}, {cut}");
        }
    }
    println!(
        "invalid responses over the client: {messages} messages, {} runs",
        messages * CUTS.len()
    );
    assert!(messages >= 40, "only {messages} messages");
}

/// The fault in the words of the corpus.
fn kind(fault: &Fault) -> String {
    match fault {
        Fault::NotHttp { error, .. } | Fault::Head(error) => keyword(error),
        Fault::Framing(error) => keyword(error),
        Fault::Chunked(error) => format!("chunk-{}", keyword(error)),
        Fault::NoAnswer | Fault::HeadCutShort | Fault::ContentCutShort { .. } => {
            "incomplete".to_owned()
        }
        other => format!("{other:?}"),
    }
}
