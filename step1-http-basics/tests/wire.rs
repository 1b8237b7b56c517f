//! The corpus in `tests/wire`, over the leaves and over the spine: each message
//! whole, cut at every position, and with another one behind it.

mod support;

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::sync::Mutex;

use http::{HeaderMap, Method, StatusCode};
use step1_http_basics::handler;
use step1_http_basics::limits::Limits;
use support::client::Client;
use support::corpus::{
    self, InvalidRequest, InvalidResponse, Message, ValidRequest, ValidResponse,
};
use support::message::{Input, Outcome, read_chunked_in_pieces, read_request, read_response};
use support::server::serving;
use support::words::{Request, Response, latin1};

/// What stands behind a message when the spine is asked whether it can tell
/// where the message ends.
const NEXT: &[u8] = b"GET /next HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";

/// Up to this size a message is cut at every position; the few longer ones are
/// there for a limit, and cut at their edges, at each line end and now and then.
const CUT_EVERYWHERE: usize = 2_500;

/// Everything that went wrong, so that one run shows all of it.
#[derive(Default)]
struct Findings {
    messages: usize,
    runs: usize,
    wrong: BTreeMap<String, String>,
}

impl Findings {
    fn check<T: PartialEq + Debug>(
        &mut self,
        name: &str,
        how: impl Display,
        seen: &T,
        expected: &T,
    ) {
        self.runs += 1;
        if seen != expected {
            let text = format!("{name} ({how})\n      saw {seen:?}\n expected {expected:?}");
            self.wrong.entry(name.to_owned()).or_insert(text);
        }
    }

    #[track_caller]
    fn report(self, what: &str, at_least: usize) {
        println!("{what}: {} messages, {} runs", self.messages, self.runs);
        let wrong: Vec<_> = self.wrong.into_values().collect();
        assert!(
            wrong.is_empty(),
            "{what}: {} of {} messages:\n{}",
            wrong.len(),
            self.messages,
            wrong.join("\n")
        );
        assert!(self.messages >= at_least, "{what}: only {} messages", self.messages);
    }
}

/// The lengths at which a message is cut.
fn cuts(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let edge = 50.min(bytes.len());
    let all = bytes.len() <= CUT_EVERYWHERE;
    (0..bytes.len()).filter(move |&at| {
        let near_line_end = bytes[at.saturating_sub(2)..(at + 2).min(bytes.len())].contains(&b'\n');
        all || at < edge || at + edge > bytes.len() || near_line_end || at % 997 == 0
    })
}

// ANCHOR: cut_everywhere
#[test]
fn valid_requests_over_the_leaves() {
    let mut findings = Findings::default();
    let limits = Limits::default();
    for Message { name, bytes, expected } in corpus::load::<ValidRequest>("valid") {
        findings.messages += 1;
        let request = Request::expected(&expected);
        check_target(&name, &request, &expected.target.text());
        let whole = Outcome::Complete(request, bytes.len());
        findings.check(&name, "whole", &read_request(&bytes, &limits), &whole);
        for at in cuts(&bytes) {
            let seen = read_request(&bytes[..at], &limits);
            findings.check(
                &name,
                format_args!("the first {at} bytes"),
                &seen,
                &Outcome::Incomplete,
            );
        }
        let two = [&bytes, NEXT].concat();
        findings.check(&name, "with a request behind it", &read_request(&two, &limits), &whole);
        let next = read_request(&two[bytes.len()..], &limits);
        assert!(matches!(next, Outcome::Complete(..)), "{name}: the request behind it");
        if expected.fields.iter().any(|(field, _)| field.text() == "transfer-encoding") {
            check_pieces(&mut findings, &name, &two, &whole);
        }
    }
    findings.report("valid requests over the leaves", 120);
}
// ANCHOR_END: cut_everywhere

/// The parts of a request target, put together again, are the target.
#[track_caller]
fn check_target(name: &str, request: &Request, target: &str) {
    let query = request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let rebuilt = match request.form {
        "origin" => format!("{}{query}", request.path),
        "absolute" => {
            let (scheme, rest) = target.split_once("://").expect("a scheme");
            let authority = request.authority.as_deref().expect("an authority");
            let path =
                if rest[authority.len()..].starts_with('/') { request.path.as_str() } else { "" };
            format!("{scheme}://{authority}{path}{query}")
        }
        "authority" => request.authority.clone().expect("an authority"),
        _ => "*".to_owned(),
    };
    assert_eq!(rebuilt, target, "{name}: the index contradicts itself");
}

/// Chunked content keeps state between its pieces, so it is cut in two
/// everywhere, and into single bytes.
fn check_pieces(findings: &mut Findings, name: &str, bytes: &[u8], whole: &Outcome<Request>) {
    let limits = Limits::default();
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
    let chunks = &bytes[head..];
    findings.check(name, "byte by byte", &read_chunked_in_pieces(bytes, None, &limits), whole);
    for at in cuts(chunks) {
        let seen = read_chunked_in_pieces(bytes, Some(at), &limits);
        findings.check(name, format_args!("in two, cut after {at} bytes of content"), &seen, whole);
    }
}

#[test]
fn invalid_requests_over_the_leaves() {
    let mut findings = Findings::default();
    let limits = Limits::default();
    for Message { name, bytes, expected } in corpus::load::<InvalidRequest>("invalid") {
        findings.messages += 1;
        let InvalidRequest { status, reason, .. } = expected;
        if reason == "expectation" {
            // These bytes are a message; that it is not answered is the spine's.
            assert!(matches!(read_request(&bytes, &limits), Outcome::Complete(..)), "{name}");
            continue;
        }
        let refused = Outcome::Refused { status, reason };
        findings.check(&name, "whole", &read_request(&bytes, &limits), &refused);
        let mut is_refused = false;
        for at in cuts(&bytes) {
            let seen = read_request(&bytes[..at], &limits);
            // "Not yet" or the final answer, and never back.
            is_refused |= seen != Outcome::Incomplete;
            let expected = if is_refused { refused.clone() } else { Outcome::Incomplete };
            findings.check(&name, format_args!("the first {at} bytes"), &seen, &expected);
        }
        let two = [&bytes, NEXT].concat();
        findings.check(&name, "with a request behind it", &read_request(&two, &limits), &refused);
        if name.starts_with("chunked-") {
            check_pieces(&mut findings, &name, &two, &refused);
        }
    }
    findings.report("invalid requests over the leaves", 200);
}

#[test]
fn valid_responses_over_the_leaves() {
    let mut findings = Findings::default();
    let limits = Limits::default();
    for Message { name, bytes, expected } in corpus::load::<ValidResponse>("responses/valid") {
        findings.messages += 1;
        let method = Method::from_bytes(expected.request_method.as_bytes()).expect("a method");
        let response = Response::expected(&expected);
        // One file shows what must not be taken for part of the response.
        let length = match name.as_str() {
            "length-and-more.http" => bytes.len() - b"HTTP/1.1 404 Not Found\r\n\r\n".len(),
            _ => bytes.len(),
        };
        let until_close = response.end == "close";
        let whole = Outcome::Complete(response, length);
        findings.check(
            &name,
            "whole",
            &read_response(&bytes, &method, Input::Closed, &limits),
            &whole,
        );
        for at in cuts(&bytes[..length]) {
            let seen = read_response(&bytes[..at], &method, Input::Open, &limits);
            findings.check(
                &name,
                format_args!("the first {at} bytes"),
                &seen,
                &Outcome::Incomplete,
            );
        }
        if !until_close {
            let two = [&bytes[..length], b"HTTP/1.1 200 OK\r\n\r\n"].concat();
            let seen = read_response(&two, &method, Input::Open, &limits);
            findings.check(&name, "with a response behind it", &seen, &whole);
        }
    }
    findings.report("valid responses over the leaves", 30);
}

#[test]
fn invalid_responses_over_the_leaves() {
    let mut findings = Findings::default();
    let limits = Limits::default();
    for Message { name, bytes, expected } in corpus::load::<InvalidResponse>("responses/invalid") {
        findings.messages += 1;
        let method = Method::from_bytes(expected.request_method.as_bytes()).expect("a method");
        let seen = |bytes: &[u8], open| match read_response(bytes, &method, open, &limits) {
            Outcome::Incomplete => "incomplete".to_owned(),
            Outcome::Refused { reason, .. } => reason,
            Outcome::Complete(response, _) => format!("{response:?}"),
        };
        findings.check(&name, "whole", &seen(&bytes, Input::Closed), &expected.error);
        let mut is_refused = false;
        for at in cuts(&bytes) {
            let seen = seen(&bytes[..at], Input::Open);
            is_refused |= seen != "incomplete";
            let expected =
                if is_refused { expected.error.clone() } else { "incomplete".to_owned() };
            findings.check(&name, format_args!("the first {at} bytes"), &seen, &expected);
        }
    }
    findings.report("invalid responses over the leaves", 40);
}

/// How the bytes of a message are cut into packets.
#[derive(Debug, Clone, Copy)]
enum Cut {
    Whole,
    Pieces(usize),
    /// Between CR and LF, where readers are most easily fooled.
    InsideLineEnds,
}

const CUTS: [Cut; 4] = [Cut::Whole, Cut::Pieces(1), Cut::Pieces(7), Cut::InsideLineEnds];

fn send(client: &mut Client, bytes: &[u8], cut: Cut) {
    match cut {
        Cut::Whole => {
            client.try_send(bytes);
        }
        // A byte a packet is slow for the few messages that are there for a limit.
        Cut::Pieces(size) => client.send_in_pieces(bytes, size.max(bytes.len() / 1_000)),
        Cut::InsideLineEnds => {
            for piece in bytes.split_inclusive(|&byte| byte == b'\r') {
                client.try_send(piece);
            }
        }
    }
}

/// What the handler was given, in the words of the corpus.
struct Witness {
    seen: Mutex<Vec<(Vec<u8>, Request)>>,
}

impl Witness {
    fn new() -> Self {
        Witness { seen: Mutex::default() }
    }

    fn take(&self) -> Vec<(Vec<u8>, Request)> {
        std::mem::take(&mut self.seen.lock().expect("no test panicked here"))
    }
}

impl handler::Handler for Witness {
    fn handle(&self, request: &mut handler::Request<'_>) -> handler::Response {
        let mut content = Vec::new();
        // A failure is answered by the spine, whatever the handler returns.
        let _ = request.content.read_to_end(&mut content);
        let seen = Request::new(&request.head, &content, &HeaderMap::new());
        self.seen.lock().expect("no test panicked here").push((request.raw_head.to_vec(), seen));
        handler::Response::text(StatusCode::OK, "seen\n")
    }
}

#[test]
fn valid_requests_over_the_spine() {
    let mut findings = Findings::default();
    let witness = Witness::new();
    serving(&witness, Limits::default(), |address| {
        for Message { name, bytes, expected } in corpus::load::<ValidRequest>("valid") {
            findings.messages += 1;
            // Handlers are not shown trailers: they come too late to count.
            let request = Request { trailers: BTreeMap::new(), ..Request::expected(&expected) };
            for cut in CUTS {
                let how = format!("{cut:?}, then another request");
                let mut client = Client::connect(address);
                send(&mut client, &bytes, cut);
                client.try_send(NEXT);
                let answer = client.answer_to(&request.method);
                let next = expected.keep_alive.then(|| client.answer().status);
                let rest = latin1(&client.until_close());
                findings.check(&name, "nothing follows", &rest.as_str(), &"");
                // The handler's 200 would open a tunnel: RFC 9110 §9.3.6.
                let status = if request.method == "CONNECT" { 501 } else { 200 };
                findings.check(
                    &name,
                    &how,
                    &(answer.status, next),
                    &(status, expected.keep_alive.then_some(200)),
                );
                findings.check(&name, &how, &answer.closes(), &!expected.keep_alive);

                let seen = witness.take();
                findings.check(&name, &how, &seen.len(), &(1 + usize::from(expected.keep_alive)));
                let Some((raw_head, first)) = seen.first() else { continue };
                findings.check(&name, &how, first, &request);
                let head_is_raw = bytes.trim_ascii_start().starts_with(raw_head)
                    && raw_head.ends_with(b"\r\n\r\n");
                findings.check(&name, "the very bytes of the head", &head_is_raw, &true);
            }
        }
    });
    findings.report("valid requests over the spine", 120);
}

#[test]
fn invalid_requests_over_the_spine() {
    let mut findings = Findings::default();
    let witness = Witness::new();
    serving(&witness, Limits::default(), |address| {
        for Message { name, bytes, expected } in corpus::load::<InvalidRequest>("invalid") {
            findings.messages += 1;
            for cut in CUTS {
                let mut client = Client::connect(address);
                send(&mut client, &bytes, cut);
                client.try_send(NEXT);
                let answer = client.answer();
                findings.check(&name, format_args!("{cut:?}"), &answer.status, &expected.status);
                findings.check(&name, "Connection: close", &answer.closes(), &true);
                let rest = latin1(&client.until_close());
                findings.check(&name, "nothing follows", &rest.as_str(), &"");
                let followed = witness.take().iter().any(|(_, request)| request.path == "/next");
                findings.check(&name, "the request behind it is answered", &followed, &false);
            }
        }
    });
    findings.report("invalid requests over the spine", 200);
}
